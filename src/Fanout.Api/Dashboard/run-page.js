// One run: the picture of it, what can be done with it, and what came out.
import { announce, h, onceAFrame, section, setText, show } from './dom.js';
import { errorsSection } from './errors.js';
import { button } from './fields.js';
import { percent, setTime } from './format.js';
import { badge, statusWords } from './icons.js';
import { resultsSection } from './results.js';
import { chartsSection } from './run-charts.js';
import { controlsSection, pauseButton } from './run-controls.js';
import { cancelDialog, deleteDialog, redriveDialog } from './run-dialogs.js';
import { countsOf, hasEnded, runProgress, totalOf } from './run-progress.js';
import { treeSection } from './run-tree.js';
import { getRun, watchRun } from './run-watch.js';
import { waitsSection } from './waits.js';

const states = { live: 'Live', polling: 'Asking every 2 s', waiting: 'Connection lost, trying again', over: '' };

export async function runPage({ argument: id, query, capabilities, signal }) {
  const first = await getRun(id, signal);
  let view = first;
  const unsuccessful = first.report?.tally.unsuccessful ?? 0;
  const head = headOf(id, signal, () => view, accept);
  const charts = chartsSection(signal, capabilities.events);
  const results = resultsSection(id, signal, { status: unsuccessful > 0 ? 'Failed,TimedOut,Cancelled' : '', keep: first.spec?.results?.keep });
  const errors = errorsSection(id);
  const tree = treeSection(id, signal, errors.found);
  const parts = [head, runProgress(), waitsSection(), controlsSection(id, signal, accept), errors, tree];
  const [, progress, waits, controls] = parts;
  const frame = onceAFrame(draw);
  signal.addEventListener('abort', frame.cancel);

  function draw() {
    for (const part of parts) part.update(view);
    // In a row of tabs, the one to look at should be seen without opening it.
    document.title = `${titleOf(view)} – Fanout`;
    show(waits.element, !hasEnded(view));
  }

  function accept(now) {
    // Events leave out the spec, which never changes. An answer that was overtaken by a newer one must not bring back what was.
    if (now.control.version < view.control.version || (hasEnded(view) && !hasEnded(now))) return;
    const before = view;
    view = { ...now, spec: now.spec ?? view.spec };
    if (view.status !== before.status) announce(`Run ${id}: ${statusWords(view.status)}`);
    if (hasEnded(view) && !hasEnded(before)) results.complete();
    frame.request();
  }

  function onState(state) {
    head.setState(state);
    if (state === 'over') charts.end();
  }

  draw();
  return {
    title: titleOf(first),
    element: h('div', { class: 'stack' },
      head.element, progress.element, charts.element,
      h('div', { class: 'run-grid' },
        h('div', { class: 'stack' }, waits.element, controls.element, tree.element),
        h('div', { class: 'stack' }, errors.element, results.element, specSection(first)))),
    shown() {
      charts.draw();
      watchRun(id, first, { events: capabilities.events, signal, onView: accept, onSample: charts.add, onState });
      tree.start();
      if (query.has('item')) results.jumpTo(Number(query.get('item')));
      else results.open(0);
    },
    update(to) {
      if (to.has('item')) results.jumpTo(Number(to.get('item')));
      return true;
    },
  };
}

function titleOf(view) {
  const total = totalOf(view);
  const far = hasEnded(view) || !total ? statusWords(view.status) : `${percent(countsOf(view).settled, total)} ${statusWords(view.status).toLowerCase()}`;
  return `${far}: ${view.id}`;
}

function headOf(id, signal, current, accept) {
  const status = badge('Pending');
  const state = h('span', { class: 'hint connection' });
  const trouble = h('div');
  const pause = pauseButton(id, signal, accept, trouble);
  const heading = h('h1', { tabindex: -1 }, id);
  const cancel = button('Cancel…', async () => {
    const answer = await cancelDialog(current());
    if (answer === null) return;
    accept(answer);
    // The button goes away, and must not take the focus with it.
    heading.focus();
    announce(`Run ${id} is being cancelled.`);
  }, 'danger-quiet');
  const redrive = button('Redrive…', async () => {
    const answer = await redriveDialog(current());
    if (answer !== null) location.hash = `#/runs/${encodeURIComponent(answer.id)}`;
  }, 'primary');
  const remove = button('Delete…', async () => {
    if (await deleteDialog(current()) === null) return;
    location.hash = '#/';
    announce(`Run ${id} was deleted.`);
  }, 'danger-quiet');
  const times = h('p', { class: 'hint meta' });
  const moments = { createdAt: moment('Created'), startedAt: moment('Started'), endedAt: moment('Ended') };
  const driver = h('span');
  const what = h('span');
  times.append(what, ...Object.values(moments).map(each => each.element), driver);
  return {
    element: h('div', { class: 'run-head' },
      h('nav', { 'aria-label': 'Way back', class: 'crumbs' }, h('a', { href: '#/' }, 'Runs')),
      h('div', { class: 'page-head' },
        h('div', { class: 'title' }, heading, status.element, state),
        h('div', { class: 'actions' }, pause.element, cancel, redrive, remove)),
      times, trouble),
    setState(name) { setText(state, states[name]); },
    update(view) {
      const ended = hasEnded(view);
      status.update(view.status, Boolean(view.control.stop) && !ended);
      pause.update(view);
      show(cancel, !ended && !view.control.stop);
      show(redrive, ended);
      show(remove, ended);
      setText(what, view.spec ? `${view.spec.handler.name} over ${view.spec.source.kind}${view.spec.source.path ? ` ${view.spec.source.path}` : ''}` : '');
      for (const [name, each] of Object.entries(moments)) each.set(view[name]);
      setText(driver, !ended && view.drivenBy ? `Driven by ${view.drivenBy}` : '');
    },
  };
}

function moment(name) {
  const time = h('time');
  const element = h('span', { hidden: true }, `${name} `, time);
  return {
    element,
    set(iso) {
      show(element, Boolean(iso));
      if (iso) setTime(time, iso);
    },
  };
}

function specSection(view) {
  const spec = JSON.stringify(view.spec, null, 2);
  return section('Spec', {},
    h('p', { class: 'hint' }, 'Results: ', h('code', {}, view.report?.results ?? view.results)),
    h('details', {}, h('summary', {}, 'Show the spec as JSON'),
      h('pre', { tabindex: 0, role: 'region', 'aria-label': 'Spec as JSON' }, spec)),
    h('p', {}, h('a', { href: `#/start?like=${encodeURIComponent(view.id)}` }, 'Start another run like this one')));
}
