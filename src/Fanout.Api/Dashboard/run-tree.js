// The tree of a run: its branches, and in each the batches being worked on and the parts written.
import { getJson, runPath } from './api.js';
import { h, keyedList, section, setText, show } from './dom.js';
import { bytes, count, items, setTime } from './format.js';
import { problemBox } from './problem.js';
import { repeat } from './refresh.js';
import { hasEnded } from './run-progress.js';
import { segmentBar } from './stacked-bar.js';

const refreshEvery = 5_000;
const mostParts = 50;

export function treeSection(id, signal, onErrors) {
  const plan = h('p', { class: 'hint' });
  const list = h('ul', { class: 'tree', 'aria-label': 'Branches' });
  const more = h('p', { class: 'hint', hidden: true }, 'There is more of the tree than is shown.');
  const trouble = h('div');
  const update = keyedList(list, branch => branch.id, makeBranch);
  let over = false;

  async function load() {
    try {
      const tree = await getJson(runPath(id, '/tree'), { signal, background: true });
      trouble.replaceChildren();
      setText(plan, planWords(tree.plan));
      update(tree.branches);
      show(more, tree.truncated);
      onErrors(tree.errors);
    } catch (problem) {
      if (!signal.aborted) trouble.replaceChildren(problemBox(problem));
      throw problem;
    }

    return !over;
  }

  return {
    element: section('Branches and batches', {}, plan, trouble, list, more),
    start() { repeat(load, refreshEvery, signal); },
    update(view) {
      const ended = hasEnded(view);
      if (ended && !over) load().catch(() => { /* Told in the page. */ });
      over = ended;
    },
  };
}

function planWords(plan) {
  if (!plan) return 'Not planned yet.';
  const cut = plan.branches === 1 ? 'one branch' : `${count(plan.branches)} branches`;
  return `${plan.items === undefined ? 'An uncounted source' : items(plan.items)} in ${cut} of ${count(plan.lanesPerBranch)} ${plan.lanesPerBranch === 1 ? 'lane' : 'lanes'}, ranges of ${count(plan.minItems)} to ${count(plan.maxItems)} items${plan.byQueue ? ', dispatched by queue' : ''}.`;
}

function makeBranch(branch) {
  const text = h('span');
  const bad = h('span', { class: 'bad' });
  const bar = segmentBar();
  const batches = tableOf(`Batches of branch ${branch.id}`, ['Batch', 'State', 'Settled', 'Not succeeded', 'Unsettled', 'Next item', 'Checkpoint']);
  const parts = tableOf(`Parts of branch ${branch.id}`, ['Part', 'Items', 'From', 'To', 'Size']);
  const hiddenParts = h('p', { class: 'hint' });
  const work = h('div', {}, h('h3', {}, 'Batches'), batches.element);
  let now = branch;
  const details = h('details', { on: { toggle: fill } },
    h('summary', {}, h('strong', {}, `Branch ${branch.id}`), ' ', text, ' ', bad, bar.element),
    h('div', { class: 'branch-body' }, work, h('h3', {}, 'Parts'), parts.element, hiddenParts));

  // Tables nobody looks at are not drawn.
  function fill() {
    if (!details.open) return;
    // A branch that is done has none.
    show(work, now.state === 'open');
    batches.update(now.batches.map(batch => [
      batch.key, batch.ended ? 'ended' : 'working', count(batch.settled), count(batch.unsuccessful),
      count(Array.isArray(batch.unsettled) ? batch.unsettled.length : batch.unsettled), count(batch.next), batchTime(batch),
    ]));
    const newest = now.parts.slice(-mostParts);
    parts.update(newest.map(part => [part.name, count(part.items), count(part.firstIndex), count(part.lastIndex), bytes(part.length)]));
    const others = now.parts.length - newest.length;
    setText(hiddenParts, others > 0 ? `And ${count(others)} earlier parts.` : '');
  }

  return {
    element: h('li', {}, details),
    update(to) {
      now = to;
      const working = to.batches.filter(batch => !batch.ended).length;
      setText(text, `${to.state}, ${count(to.settled)} settled${working > 0 ? `, ${count(working)} ${working === 1 ? 'batch' : 'batches'} at work` : ''}`);
      setText(bad, to.unsuccessful > 0 ? `${count(to.unsuccessful)} not succeeded` : '');
      bar.update([{ key: 'ok', value: to.succeeded, tone: 'ok' }, { key: 'bad', value: to.unsuccessful, tone: 'bad' }]);
      fill();
    },
  };
}

function batchTime(batch) {
  if (!batch.at) return '';
  const time = h('time');
  setTime(time, batch.at, { short: true });
  return time;
}

function tableOf(label, columns) {
  const body = h('tbody');
  const element = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    h('table', { 'aria-label': label }, h('thead', {}, h('tr', {}, columns.map(name => h('th', { scope: 'col' }, name)))), body));
  const none = h('p', { class: 'hint' }, 'None.');
  const both = h('div', {}, element, none);
  return {
    element: both,
    update(rows) {
      show(element, rows.length > 0);
      show(none, rows.length === 0);
      body.replaceChildren(...rows.map(cells => h('tr', {}, cells.map((cell, index) => index === 0 ? h('th', { scope: 'row' }, cell) : h('td', {}, cell)))));
    },
  };
}
