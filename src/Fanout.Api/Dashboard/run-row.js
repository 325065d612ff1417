import { h, setText } from './dom.js';
import { compact, count, percent, perSecond, setTime } from './format.js';
import { badge } from './icons.js';
import { outcomeParts, totalOf } from './run-progress.js';
import { segmentBar } from './stacked-bar.js';

/** A row of the runs table. The roles are said outright: on narrow screens the style makes cards of the rows, and browsers then forget them. */
export function makeRunRow(run) {
  const status = badge(run.status);
  const bar = segmentBar();
  const progress = h('span', { class: 'progress-text' });
  const rate = h('td', { role: 'cell', 'data-label': 'Rate', class: 'number' });
  const failures = h('td', { role: 'cell', 'data-label': 'Failures', class: 'number' });
  const created = h('time');
  const what = h('span', { class: 'hint' });
  const element = h('tr', { role: 'row' },
    h('td', { role: 'cell', class: 'cell-status' }, status.element),
    h('th', { role: 'rowheader', scope: 'row' }, h('a', { href: `#/runs/${encodeURIComponent(run.id)}` }, run.id), what),
    h('td', { role: 'cell', class: 'cell-progress' }, bar.element, progress),
    rate, failures,
    h('td', { role: 'cell', 'data-label': 'Created', class: 'cell-created' }, created));
  return {
    element,
    update(now) {
      status.update(now.status, now.stopping && !now.endedAt);
      const total = totalOf(now);
      const unsuccessful = now.failed + now.timedOut + now.cancelled;
      bar.update(outcomeParts(now), total ?? (now.endedAt ? now.settled : null));
      setText(progress, total === undefined ? `${count(now.settled)} settled` : `${percent(now.settled, total)} of ${compact(total)}`);
      setText(rate, now.endedAt ? '–' : perSecond(now.itemsPerSecond));
      setText(failures, count(unsuccessful));
      failures.classList.toggle('bad', unsuccessful > 0);
      setText(what, `${now.handler} · ${now.source}`);
      setTime(created, now.createdAt, { short: true });
    },
  };
}
