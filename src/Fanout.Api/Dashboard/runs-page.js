// All runs, a page of them at a time: however many there are, the page holds a hundred rows.
import { getJson, runPath } from './api.js';
import { announce, h, keyedList, setText, show } from './dom.js';
import { button, field, select } from './fields.js';
import { timeOfDay } from './format.js';
import { problemBox } from './problem.js';
import { repeat } from './refresh.js';
import { makeRunRow } from './run-row.js';

const refreshEvery = 3_000;

const filters = [
  ['', 'All'],
  ['Pending,Running,Paused', 'Not ended'],
  ['Running', 'Running'], ['Paused', 'Paused'], ['Pending', 'Pending'],
  ['Succeeded', 'Succeeded'], ['CompletedWithFailures', 'Completed with failures'],
  ['Failed', 'Failed'], ['Cancelled', 'Cancelled'], ['TimedOut', 'Timed out'],
];

export async function runsPage({ query, signal }) {
  const state = { status: '', after: '', next: undefined, earlier: [], wanted: 0 };
  const body = h('tbody', { role: 'rowgroup' });
  const table = h('table', { class: 'runs', role: 'table', 'aria-label': 'Runs' },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
      ['Status', 'Run', 'Progress', 'Rate', 'Failures', 'Created'].map(name => h('th', { role: 'columnheader', scope: 'col' }, name)))), body);
  const update = keyedList(body, run => run.id, makeRunRow);
  const empty = h('p', { class: 'empty', hidden: true });
  const trouble = h('div');
  const updated = h('p', { class: 'hint' });
  const status = field('Status', select(filters, { on: { change: () => go({ status: status.value }) } }), { inline: true });
  const previous = button('Previous page', () => history.back());
  const next = button('Next page', () => go({ status: state.status, after: state.next }));
  const first = h('a', { href: '#/', class: 'pager-link' }, 'Newest');
  const place = h('span', { class: 'hint' });

  async function load() {
    const wanted = ++state.wanted;
    const search = new URLSearchParams({ limit: '100' });
    if (state.status) search.set('status', state.status);
    if (state.after) search.set('after', state.after);
    try {
      const page = await getJson(`runs?${search}`, { signal, background: true });
      // The filter was changed while this answer was on its way.
      if (wanted !== state.wanted) return;
      trouble.replaceChildren();
      state.next = page.next;
      update(page.runs);
      show(empty, page.runs.length === 0);
      show(table, page.runs.length > 0);
      setText(empty, state.status || state.after ? 'No runs here.' : 'No runs yet. Start one, or drop a file on this page.');
      setText(updated, `Updated ${timeOfDay(Date.now())}`);
      next.disabled = !page.next;
    } catch (problem) {
      if (signal.aborted) return;
      trouble.replaceChildren(problemBox(problem));
      throw problem;
    }
  }

  function go({ status: wantedStatus, after }) {
    const search = new URLSearchParams();
    if (wantedStatus) search.set('status', wantedStatus);
    if (after) search.set('after', after);
    location.hash = search.size > 0 ? `#/?${search}` : '#/';
  }

  function read(to) {
    const [newStatus, after] = [to.get('status') ?? '', to.get('after') ?? ''];
    if (newStatus !== state.status || after === '') state.earlier = [];
    else if (state.earlier.includes(after)) state.earlier.length = state.earlier.indexOf(after);
    else if (state.after !== after) state.earlier.push(state.after);
    [state.status, state.after] = [newStatus, after];
    status.value = filters.some(([value]) => value === newStatus) ? newStatus : '';
    // The pages before are known when they were walked through; a link into the middle leads back to the newest.
    previous.disabled = state.earlier.length === 0;
    first.setAttribute('href', newStatus ? `#/?status=${encodeURIComponent(newStatus)}` : '#/');
    show(first, after !== '');
    setText(place, after === '' ? 'Newest runs' : `Older than ${after}`);
  }

  read(query);
  await load().catch(problem => { if (problem.status === 401) throw problem; });
  const element = h('div', { class: 'stack' },
    h('div', { class: 'page-head' }, h('h1', {}, 'Runs'), updated),
    h('div', { class: 'bar' }, status.element, findForm(signal)),
    trouble, empty,
    h('div', { class: 'card flush' }, table),
    h('nav', { class: 'pager', 'aria-label': 'Pages of runs' }, previous, next, first, place));
  return {
    title: 'Runs',
    element,
    shown() { repeat(load, refreshEvery, signal); },
    update(to) {
      read(to);
      load().then(() => {
        scrollTo(0, 0);
        announce(`${body.childElementCount} runs shown`);
      }, () => { /* Told in the page already. */ });
      return true;
    },
  };
}

function findForm(signal) {
  const id = field('Run id', h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', maxlength: 100 }), { inline: true });
  const find = async event => {
    event.preventDefault();
    id.clear();
    const wanted = id.value.trim();
    if (!wanted) return id.fail('Type a run’s id.');
    try {
      await getJson(runPath(wanted), { signal });
      location.hash = `#/runs/${encodeURIComponent(wanted)}`;
    } catch (problem) {
      if (!signal.aborted) id.fail(problem.message);
    }
  };
  return h('form', { class: 'find', role: 'search', 'aria-label': 'Find a run', on: { submit: find } }, id.element, h('button', { type: 'submit' }, 'Open'));
}
