import { h, keyedList, section, setText, show } from './dom.js';
import { count, percent } from './format.js';
import { countsOf } from './run-progress.js';

/** Errors that look alike, the most frequent first, each with an item that shows it. */
export function errorsSection(id) {
  const list = h('ol', { class: 'errors', 'aria-label': 'Errors by kind' });
  const words = h('p', { class: 'hint' });
  let view = null;
  // What the tree has read of a run that has not ended; its report has all.
  let found = [];
  const update = keyedList(list, group => `${group.type}\n${group.pattern}`, group => makeGroup(id, group));

  function draw() {
    const counts = countsOf(view);
    const groups = [...(view.report?.tally.errors ?? found)].sort((one, other) => other.count - one.count);
    // The tree may be newer than the counts.
    const unsuccessful = Math.max(counts.failed + counts.timedOut + counts.cancelled, groups.reduce((sum, group) => sum + group.count, 0));
    setText(words, groups.length > 0 ? `${count(unsuccessful)} items did not succeed.`
      : unsuccessful === 0 ? 'None.' : `${count(unsuccessful)} items did not succeed; their kinds are not known yet.`);
    update(groups.map(group => ({ ...group, share: percent(group.count, unsuccessful) })));
  }

  return {
    element: section('Errors', {}, words, list),
    update(now) {
      view = now;
      draw();
    },
    found(groups) {
      found = groups;
      draw();
    },
  };
}

function makeGroup(id, group) {
  const number = h('strong', { class: 'error-count' });
  const share = h('span', { class: 'hint' });
  const message = h('p', { class: 'error-message' });
  const example = h('a');
  const pattern = h('p', { class: 'error-pattern' });
  return {
    element: h('li', {}, h('div', { class: 'error-number' }, number, share),
      h('div', {}, h('p', { class: 'error-type' }, group.type), pattern, message, h('p', {}, example))),
    update(now) {
      setText(number, count(now.count));
      setText(share, now.share);
      setText(pattern, now.pattern);
      setText(message, `For example: ${now.exampleMessage}`);
      show(message, now.exampleMessage !== now.pattern);
      setText(example, `Show item ${count(now.exampleIndex)}`);
      example.setAttribute('href', `#/runs/${encodeURIComponent(id)}?item=${now.exampleIndex}`);
    },
  };
}
