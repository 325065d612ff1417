// Looking through what became of the items.
import { h, section, setText } from './dom.js';
import { downloadLink } from './download.js';
import { button, field, select } from './fields.js';
import { count, duration } from './format.js';
import { badge } from './icons.js';
import { problemBox } from './problem.js';
import { downloadPath, pageBefore, pageFrom } from './result-lines.js';

const unsuccessful = 'Failed,TimedOut,Cancelled';
const filters = [['', 'All outcomes'], [unsuccessful, 'Not succeeded'], ['Succeeded', 'Succeeded'], ['Failed', 'Failed'], ['TimedOut', 'Timed out'], ['Cancelled', 'Cancelled']];

/** As much of an output as is shown; the download has all of it. */
const mostShown = 50_000;

/** What a run keeps of its outcomes, where that is not all. */
const keeps = { failures: 'This run keeps only what did not succeed.', none: 'This run keeps no results; its report counts them.' };

export function resultsSection(id, signal, { status: firstStatus, keep }) {
  const state = { lines: [], more: false, turn: 0 };
  const status = field('Outcome', select(filters, { on: { change: () => open(0) } }), { inline: true });
  const jump = field('Item index', h('input', { type: 'number', min: 0, step: 1, inputmode: 'numeric' }), { inline: true });
  const list = h('ol', { class: 'lines', 'aria-label': 'Items' });
  const place = h('p', { class: 'hint', role: 'status' });
  const trouble = h('div');
  const previous = button('Previous items', back);
  const next = button('Next items', () => open(state.lines.at(-1).index + 1));
  const downloads = {
    filtered: downloadLink('Download these', downloadPath(id), `${id}.jsonl`, trouble),
    failures: downloadLink('Download failures', downloadPath(id, unsuccessful), `${id}-failures.jsonl`, trouble),
  };
  status.value = firstStatus;
  const element = section('Results', { class: 'results' },
    keeps[keep] && h('p', { class: 'hint' }, keeps[keep]),
    h('div', { class: 'bar' }, status.element,
      h('form', { class: 'find', 'aria-label': 'Go to an item', novalidate: true, on: { submit: go } }, jump.element, h('button', { type: 'submit' }, 'Go')),
      button('Refresh', () => open(state.lines[0]?.index ?? 0))),
    trouble, place, list,
    h('nav', { class: 'pager', 'aria-label': 'Pages of results' }, previous, next, downloads.filtered.element, downloads.failures.element));

  function go(event) {
    event.preventDefault();
    jump.clear();
    if (!/^\d+$/.test(jump.value)) return jump.fail('Type an item’s index, from 0.');
    return open(Number(jump.value));
  }

  const open = from => turn(() => pageFrom(id, { status: status.value, from, signal }));

  function back() {
    const before = state.lines[0].index;
    return turn(async () => ({ lines: await pageBefore(id, { status: status.value, before, signal }), more: true }));
  }

  async function turn(read) {
    const mine = ++state.turn;
    trouble.replaceChildren();
    list.setAttribute('aria-busy', 'true');
    try {
      const page = await read();
      // A later turn of the page overtook this one.
      if (mine !== state.turn) return false;
      Object.assign(state, page);
      draw();
      return true;
    } catch (problem) {
      if (!signal.aborted && mine === state.turn) trouble.replaceChildren(problemBox(problem));
      return false;
    } finally {
      if (mine === state.turn) list.removeAttribute('aria-busy');
    }
  }

  function draw() {
    list.replaceChildren(...state.lines.map(makeLine));
    list.scrollTop = 0;
    const [first, last] = [state.lines[0], state.lines.at(-1)];
    setText(place, !first ? 'No such items here.' : `${count(state.lines.length)} items, index ${count(first.index)} to ${count(last.index)}`);
    const hadFocus = [previous, next].includes(document.activeElement);
    previous.disabled = !first || first.index === 0;
    next.disabled = !state.more;
    // A button that was pressed and can go no further must not drop the focus to the top of the page.
    if (hadFocus && document.activeElement?.disabled !== false) (next.disabled ? previous : next).focus();
    const chosen = status.value;
    downloads.filtered.point(downloadPath(id, chosen), chosen ? `${id}-${chosen.toLowerCase().replaceAll(',', '-')}.jsonl` : `${id}.jsonl`);
  }

  return {
    element,
    open,
    /** The run has ended. Whoever is reading is not disturbed. */
    complete() {
      if ((state.lines[0]?.index ?? 0) === 0 && !element.contains(document.activeElement)) open(0);
    },
    /** Shows an item, opened, and moves there. */
    async jumpTo(index) {
      status.value = '';
      jump.value = String(index);
      if (!await open(index)) return;
      const line = list.querySelector('details');
      if (state.lines[0]?.index !== index) {
        setText(place, `Item ${count(index)} has no result here${state.lines.length > 0 ? '; these come after it.' : '.'}`);
        return element.scrollIntoView({ block: 'start' });
      }

      line.open = true;
      line.querySelector('summary').focus({ preventScroll: true });
      line.scrollIntoView({ block: 'center' });
    },
  };
}

function makeLine(line) {
  const text = line.error ? `${line.error.type}: ${line.error.message}` : line.output === undefined ? '' : JSON.stringify(line.output);
  const body = h('div', { class: 'line-body' });
  const open = event => {
    if (event.target.open && body.childElementCount === 0) body.append(...lineDetails(line));
  };
  return h('li', {}, h('details', { on: { toggle: open } },
    h('summary', {},
      h('span', { class: 'line-index' }, h('span', { class: 'unseen' }, 'Item '), count(line.index)), ' ', badge(line.status).element, ' ',
      h('span', { class: 'line-text' }, text.slice(0, 240)), ' ',
      h('span', { class: 'line-cost' }, `${line.attempts > 1 ? `${line.attempts} attempts, ` : ''}${duration(line.durationMs)}`)),
    body));
}

function lineDetails(line) {
  const shown = line.error ? line.error : line.output;
  const text = shown === undefined ? '' : JSON.stringify(shown, null, 2);
  return [
    h('p', {}, `Attempts ${line.attempts}, took ${duration(line.durationMs)}${line.key === undefined ? '' : `, key ${line.key}`}.`),
    shown === undefined ? h('p', {}, 'No output.') : h('pre', { tabindex: 0, role: 'region', 'aria-label': `${line.error ? 'Error' : 'Output'} of item ${line.index}` }, text.slice(0, mostShown)),
    text.length > mostShown && h('p', { class: 'hint' }, `${count(text.length - mostShown)} more characters are in the download.`),
  ].filter(Boolean);
}
