// Starting a run: a form and the spec it stands for, side by side. The spec is what is sent.
import { getJson, request } from './api.js';
import { announce, h, section, setText, show } from './dom.js';
import { takeFiles } from './drop.js';
import { button, field } from './fields.js';
import { count, duration, items, parseDuration } from './format.js';
import { errorText, problemBox } from './problem.js';
import { getRun } from './run-watch.js';
import { specFields, valueAt, withValue } from './spec-fields.js';
import { readStartFile } from './start-file.js';

export async function startPage({ query, capabilities, signal }) {
  const groups = specFields(capabilities);
  const entries = groups.flatMap(group => group.entries);
  const json = field('Spec as JSON', h('textarea', { rows: 18, spellcheck: 'false', class: 'code', on: { input: readJson } }), { hint: 'The form writes it, and it may be changed here: what stands here is what is sent.' });
  const trouble = h('div');
  const plan = h('div', { role: 'status' });
  const start = h('button', { type: 'submit', class: 'primary' }, 'Start run');
  const check = button('Check', () => send(check, showPlan));
  const kindHint = h('p', { class: 'hint', hidden: true }, 'This kind’s fields are written in the JSON.');
  let spec = await firstSpec();

  async function firstSpec() {
    if (query.has('like')) {
      const { spec: { id, ...rest } } = await getRun(query.get('like'), signal);
      return rest;
    }

    const has = name => capabilities.handlers.includes(name);
    const handler = has('delay') ? { name: 'delay', options: { for: '50ms' } } : { name: capabilities.handlers[0] };
    return { handler, source: { kind: 'range', start: 0, end: 1000 }, flow: { concurrency: 16 } };
  }

  function readField(changed) {
    changed.field.clear();
    try {
      const value = changed.read(changed.field.value);
      // The fields of one kind mean nothing to another, nor the options of one handler.
      if (changed.pointer === '/source/kind') spec = { ...spec, source: { kind: value } };
      else if (changed.pointer === '/handler/name') spec = { ...spec, handler: { name: value } };
      else spec = withValue(spec, changed.pointer, value);
    } catch (error) {
      return changed.field.fail(`This is not JSON: ${error.message}`);
    }

    json.clear();
    writeJson();
    if (changed.pointer === '/handler/name' || changed.pointer === '/source/kind') fill();
    return showKind();
  }

  function readJson() {
    json.clear();
    plan.replaceChildren();
    try {
      const parsed = JSON.parse(json.value);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('a spec is an object.');
      spec = parsed;
      fill();
    } catch (error) {
      json.fail(`This is not a spec yet: ${error.message}`);
    }
  }

  function writeJson() {
    plan.replaceChildren();
    json.value = JSON.stringify(spec, null, 2);
  }

  function fill() {
    for (const each of entries) {
      const value = valueAt(spec, each.pointer);
      each.field.value = value === undefined ? '' : each.write(value);
      each.field.clear();
    }

    showKind();
  }

  function showKind() {
    const kind = spec.source?.kind;
    let shown = 0;
    for (const each of entries) {
      if (!each.kinds) continue;
      show(each.field.element, each.kinds.includes(kind));
      if (each.kinds.includes(kind)) shown++;
    }

    show(kindHint, shown === 0);
  }

  function use(to) {
    spec = to;
    writeJson();
    json.clear();
    fill();
  }

  async function send(pressed, action) {
    trouble.replaceChildren();
    plan.replaceChildren();
    const wrong = [...entries.map(each => each.field), json].find(each => each.input.getAttribute('aria-invalid') === 'true' && each.input.value !== '' && isBroken(each));
    if (wrong) return wrong.input.focus();
    for (const each of entries) each.field.clear();
    pressed.disabled = true;
    try {
      await action();
    } catch (problem) {
      if (!signal.aborted) tell(problem);
    } finally {
      pressed.disabled = false;
    }
  }

  // What the server refused is for the server to judge again; what is not JSON cannot be sent at all.
  function isBroken(each) {
    try {
      const found = entries.find(one => one.field === each);
      if (found) found.read(each.value);
      else JSON.parse(each.value);
      return false;
    } catch {
      return true;
    }
  }

  function tell(problem) {
    const places = new Map((problem.errors ?? []).map(error => [error, entryAt(error.pointer ?? '')]));
    for (const [error, place] of places) place?.field.fail(error.pointer === place.pointer ? errorText(error) : `${error.pointer.slice(place.pointer.length)}: ${errorText(error)}`);
    trouble.replaceChildren(problemBox(problem, error => places.get(error)));
    const first = entries.find(each => [...places.values()].includes(each));
    if (first) first.field.input.focus();
    else if (places.size > 0) json.input.focus();
  }

  /** The field an error is told at: the one it is about, or one that holds what it is about. */
  function entryAt(pointer) {
    return entries.find(each => !each.field.element.hidden && (pointer === each.pointer || pointer.startsWith(`${each.pointer}/`)));
  }

  async function startRun() {
    const view = await getJson('runs', { method: 'POST', body: json.value, headers: { 'Content-Type': 'application/json' }, signal });
    location.hash = `#/runs/${encodeURIComponent(view.id)}`;
    announce(view.created === false ? `Run ${view.id} was there already.` : `Run ${view.id} is accepted.`);
  }

  async function showPlan() {
    const response = await request('plan', { method: 'POST', body: json.value, headers: { 'Content-Type': 'application/json' }, signal });
    plan.replaceChildren(planBox(await response.json()));
  }

  const file = fileSection(capabilities, signal, found => use(found.spec ?? { ...spec, source: found.source }));
  const form = h('form', { class: 'start', novalidate: true, on: { submit: event => { event.preventDefault(); send(start, startRun); } } },
    h('div', { class: 'stack' }, groups.map(group => h('fieldset', { class: 'card' }, h('legend', {}, group.title),
      h('div', { class: 'fields' }, group.entries.map(each => each.field.element)), group.title === 'Source' && kindHint))),
    h('div', { class: 'stack sticky' },
      section('Spec', {}, json.element, trouble, h('div', { class: 'actions' }, start, check), plan)));
  for (const each of entries) each.field.input.addEventListener('input', () => readField(each));
  use(spec);
  return {
    title: 'Start a run',
    element: h('div', { class: 'stack' }, h('div', { class: 'page-head' }, h('h1', {}, 'Start a run')), file.element, form),
    shown() { takeFiles(file.take, signal); },
  };
}

function fileSection(capabilities, signal, onFound) {
  const input = h('input', { type: 'file', accept: '.json,.jsonl,.ndjson,.csv,.txt', class: 'unseen', tabindex: -1, 'aria-hidden': 'true' });
  const progress = h('progress', { max: 1, 'aria-label': 'Upload', hidden: true });
  const news = h('p', { role: 'status', class: 'hint' });
  const trouble = h('div');

  async function take(file) {
    trouble.replaceChildren();
    setText(news, `Reading ${file.name}…`);
    progress.removeAttribute('value');
    show(progress, true);
    try {
      const found = await readStartFile(file, { upload: capabilities.upload, signal, onProgress: share => { progress.value = share; } });
      onFound(found);
      setText(news, found.spec ? `${file.name} is a spec; the form shows it.`
        : found.source.items ? `${file.name}: ${items(found.source.items.length)}, now in the spec.`
        : `${file.name} is uploaded; it is the source now.`);
    } catch (problem) {
      if (signal.aborted) return;
      setText(news, '');
      trouble.replaceChildren(problemBox(problem));
    } finally {
      show(progress, false);
      input.value = '';
    }
  }

  input.addEventListener('change', () => { if (input.files[0]) take(input.files[0]); });
  return {
    take,
    element: section('From a file', { class: 'drop' },
      h('p', {}, 'Drop a file anywhere, or ', button('Choose a file', () => input.click()), input),
      h('p', { class: 'hint' }, 'A spec (.json), or items: .jsonl, .ndjson, .csv, .txt (a line each), or a .json array.'),
      progress, news, trouble),
  };
}

function planBox(plan) {
  const minimum = parseDuration(plan.minimumByRate);
  const facts = [
    ['Items', plan.items === undefined ? 'not counted' : items(plan.items)],
    ['Branches', count(plan.branches)], ['Lanes', count(plan.lanes)], ['First range', items(plan.firstRange)],
    ['In flight', count(plan.allotment.concurrency)], ['Rate', plan.allotment.rate ?? 'unbounded'],
    ...minimum === null ? [] : [['At least, by its rate', duration(minimum)]],
  ];
  return h('div', { class: 'plan' }, h('h3', {}, 'The spec is fine. The plan:'),
    h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    plan.note && h('p', { class: 'hint' }, plan.note));
}
