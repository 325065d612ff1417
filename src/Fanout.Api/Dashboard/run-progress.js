// How far a run is: the sentence, the bar and the counts at the top of its page.
import { h, setText, show } from './dom.js';
import { count, duration, inWords, items, parseDuration, percent, perSecond } from './format.js';
import { statusWords } from './icons.js';
import { stackedBar } from './stacked-bar.js';

export const totalOf = run => run.total ?? run.progress?.total ?? run.report?.total;

export const hasEnded = view => view.report !== undefined || view.endedAt !== undefined;

/** The counts of a view, of its report once there is one. */
export function countsOf(view) {
  const from = view.report?.tally ?? view.progress ?? {};
  const { succeeded = 0, failed = 0, timedOut = 0, cancelled = 0 } = from;
  return { succeeded, failed, timedOut, cancelled, settled: succeeded + failed + timedOut + cancelled };
}

export function outcomeParts(counts) {
  const part = (key, label, tone) => ({ key, label, tone, value: counts[key] ?? 0, text: count(counts[key]) });
  return [
    part('succeeded', 'Succeeded', 'ok'),
    part('failed', 'Failed', 'bad'),
    part('timedOut', 'Timed out', 'late'),
    part('cancelled', 'Cancelled', 'off'),
  ];
}

export function runProgress() {
  const sentence = h('p', { class: 'lead' });
  const reason = h('p', { class: 'reason', hidden: true });
  const bar = stackedBar({ label: 'Counts' });
  const meter = h('progress', { class: 'unseen', 'aria-label': 'Settled items' });
  const facts = { rate: fact('Rate'), inFlight: fact('In flight'), retry: fact('Waiting for retry'), waiting: fact('Waiting mostly for'), left: fact('Remaining'), attempts: fact('Attempts'), notStarted: fact('Not started'), reduced: fact('Reduced'), took: fact('Took') };
  const element = h('section', { class: 'card progress-card', 'aria-label': 'Progress' },
    sentence, reason, meter, bar.element, h('dl', { class: 'facts' }, Object.values(facts).map(each => each.element)));
  return {
    element,
    update(view) {
      const counts = countsOf(view);
      const total = totalOf(view);
      const { progress, report } = view;
      const ended = hasEnded(view);
      setText(sentence, sentenceOf(view, counts, total));
      setText(reason, report?.message ?? view.control?.message ?? '');
      show(reason, reason.textContent !== '');
      bar.update(outcomeParts(counts), total ?? (ended ? counts.settled : null));
      if (total) { meter.max = total; meter.value = counts.settled; } else meter.removeAttribute('value');
      facts.rate.set(ended ? null : perSecond(progress?.itemsPerSecond));
      facts.inFlight.set(ended ? null : count(progress?.inFlight));
      facts.retry.set(ended ? null : count(progress?.waitingForRetry));
      facts.waiting.set(ended ? null : progress?.waitingFor);
      facts.left.set(ended ? null : duration(parseDuration(progress?.remaining)) || 'unknown');
      facts.attempts.set(report && count(report.tally.attempts));
      facts.notStarted.set(report && count(report.notStarted));
      facts.reduced.set(report?.reduced === undefined ? null : JSON.stringify(report.reduced).slice(0, 200));
      facts.took.set(report && duration(Date.parse(report.endedAt) - Date.parse(report.startedAt)));
    },
  };
}

function fact(name) {
  const value = h('dd');
  const element = h('div', { hidden: true }, h('dt', {}, name), value);
  return {
    element,
    set(text) {
      show(element, Boolean(text));
      if (text) setText(value, text);
    },
  };
}

function sentenceOf(view, counts, total) {
  const { report, progress } = view;
  if (report) return `${inWords(report.reason)}. ${total === undefined ? `${items(counts.settled)} settled.` : `${count(counts.settled)} of ${items(total)} settled.`}`;
  if (hasEnded(view)) return `${statusWords(view.status)}. Its report is not there.`;
  if (!progress) return 'Accepted. Nobody has begun to work on it.';
  const far = total === undefined ? `${items(counts.settled)} settled; the source is not counted` : `${percent(counts.settled, total)} of ${items(total)} settled`;
  if (view.control?.stop) return `Stopping (${inWords(view.control.stop).toLowerCase()}): ${far}.`;
  if (view.control?.paused) return `Paused: ${far}.`;
  return `${far}.`;
}
