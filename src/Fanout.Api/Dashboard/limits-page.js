// Limits shared between runs, and who holds what share of them.
import { getJson, request } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h, keyedList, section, setText, show } from './dom.js';
import { button, field } from './fields.js';
import { count } from './format.js';
import { errorText, problemBox } from './problem.js';
import { repeat } from './refresh.js';
import { segmentBar } from './stacked-bar.js';

const refreshEvery = 3_000;
const limitPath = name => `limits/${encodeURIComponent(name)}`;

export async function limitsPage({ signal }) {
  const list = h('div', { class: 'limits' });
  const empty = h('p', { class: 'empty', hidden: true }, 'No limits yet. A limit bounds all runs that name it, together.');
  const trouble = h('div');
  const update = keyedList(list, limit => limit.name, limit => makeLimit(limit, load, edit));

  async function load() {
    try {
      const { limits } = await getJson('limits', { signal, background: true });
      trouble.replaceChildren();
      update(limits);
      show(empty, limits.length === 0);
    } catch (problem) {
      if (!signal.aborted) trouble.replaceChildren(problemBox(problem));
      throw problem;
    }
  }

  async function edit(limit) {
    const saved = await limitDialog(limit);
    if (saved === null) return;
    announce(`Limit ${saved.name} is set.`);
    await load().catch(() => { /* Told in the page. */ });
  }

  await load().catch(problem => { if (problem.status === 401) throw problem; });
  return {
    title: 'Limits',
    element: h('div', { class: 'stack' },
      h('div', { class: 'page-head' }, h('h1', { tabindex: -1 }, 'Limits'), button('Set a limit…', () => edit(null), 'primary')),
      trouble, empty, list),
    shown() { repeat(load, refreshEvery, signal); },
  };
}

function makeLimit(limit, load, edit) {
  const bounds = h('p', { class: 'lead' });
  const granted = h('p', { class: 'hint' });
  const bar = segmentBar();
  const body = h('tbody');
  const table = h('table', { 'aria-label': `Shares of ${limit.name}` },
    h('thead', {}, h('tr', {}, ['Run', 'Share', 'Granted', 'Wanted', 'Weight'].map(name => h('th', { scope: 'col' }, name)))), body);
  const updateRows = keyedList(body, run => run.runId, makeShare);
  const trouble = h('div');
  let now = limit;
  const remove = async () => {
    const done = await openDialog({
      title: `Delete limit ${limit.name}?`,
      body: [h('p', {}, 'Runs that name it cannot be started until it is set again.')],
      confirm: 'Delete the limit',
      dismiss: 'Keep it',
      danger: true,
      async action() {
        await request(limitPath(limit.name), { method: 'DELETE' });
        return true;
      },
    });
    if (!done) return;
    // The limit goes away with its buttons, and must not take the focus with it.
    document.querySelector('h1').focus();
    announce(`Limit ${limit.name} is deleted.`);
    await load().catch(() => { /* Told in the page. */ });
  };
  const element = section(limit.name, {}, bounds, granted, bar.element, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Runs under ${limit.name}` }, table), trouble,
    h('div', { class: 'actions' },
      h('button', { type: 'button', on: { click: () => edit(now) } }, 'Change…', h('span', { class: 'unseen' }, ` ${limit.name}`)),
      h('button', { type: 'button', class: 'danger-quiet', on: { click: remove } }, 'Delete…', h('span', { class: 'unseen' }, ` ${limit.name}`))));
  return {
    element,
    update(to) {
      now = to;
      setText(bounds, boundsText(to));
      const runs = to.runs.map((run, index) => ({ ...run, tone: String(index % 6 + 1), whole: to.concurrency ?? to.granted }));
      setText(granted, runs.length === 0 ? 'No run uses it at present.' : `${count(to.granted)} granted of ${count(to.wanted)} wanted, to ${count(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}.`);
      bar.update(runs.map(run => ({ key: run.runId, label: run.runId, value: run.granted, tone: run.tone })), to.concurrency ?? undefined);
      show(table.parentElement, runs.length > 0);
      updateRows(runs);
    },
  };
}

function boundsText(limit) {
  const parts = [];
  if (limit.concurrency !== undefined) parts.push(`${count(limit.concurrency)} in flight`);
  if (limit.rate) parts.push(`${limit.rate}${limit.burst ? `, burst ${count(limit.burst)}` : ''}`);
  return parts.length > 0 ? parts.join(' · ') : 'Bounds nothing.';
}

function makeShare(run) {
  const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  const cells = Object.fromEntries(['share', 'granted', 'wanted', 'weight'].map(name => [name, h('td', { class: 'number' })]));
  return {
    element: h('tr', {}, h('th', { scope: 'row' }, swatch, ' ', h('a', { href: `#/runs/${encodeURIComponent(run.runId)}` }, run.runId)), Object.values(cells)),
    update(now) {
      swatch.dataset.tone = now.tone;
      setText(cells.share, now.whole > 0 ? `${Math.round(100 * now.granted / now.whole)}%` : '–');
      setText(cells.granted, count(now.granted));
      setText(cells.wanted, count(now.wanted));
      setText(cells.weight, String(now.weight));
    },
  };
}

function limitDialog(limit) {
  const text = properties => h('input', { autocomplete: 'off', spellcheck: 'false', ...properties });
  const form = {
    name: field('Name', text({ type: 'text', maxlength: 100, value: limit?.name ?? '' }), { hint: 'Such as crm-api.' }),
    concurrency: field('Concurrency', text({ type: 'number', min: 1, inputmode: 'numeric', value: limit?.concurrency ?? '' }), { hint: 'Items in flight over all runs. Empty: unbounded.' }),
    rate: field('Rate', text({ type: 'text', value: limit?.rate ?? '' }), { hint: 'Such as 100/s or 3000/min. Empty: unbounded.' }),
    burst: field('Burst', text({ type: 'number', min: 1, inputmode: 'numeric', value: limit?.burst ?? '' }), { hint: 'Starts at once after a quiet time.' }),
  };
  form.name.input.readOnly = limit !== null;
  return openDialog({
    title: limit ? `Change limit ${limit.name}` : 'Set a limit',
    body: Object.values(form).map(each => each.element),
    confirm: 'Save the limit',
    dismiss: 'Close',
    async action() {
      for (const each of Object.values(form)) each.clear();
      const name = form.name.value.trim();
      if (!name) return form.name.input.focus() ?? form.name.fail('Type a name.');
      const body = {};
      if (form.concurrency.value) body.concurrency = Number(form.concurrency.value);
      if (form.rate.value.trim()) body.rate = form.rate.value.trim();
      if (form.burst.value) body.burst = Number(form.burst.value);
      try {
        return await getJson(limitPath(name), { method: 'PUT', json: body });
      } catch (problem) {
        const placed = (problem.errors ?? []).filter(error => form[error.pointer?.slice(1)]);
        for (const error of placed) form[error.pointer.slice(1)].fail(errorText(error));
        if (placed.length === 0) throw problem;
        form[placed[0].pointer.slice(1)].input.focus();
        return null;
      }
    },
  });
}
