// The fields of a spec that the form has, each with its place in the document. What the form has no field for stays in the JSON untouched.
import { h } from './dom.js';
import { field, select } from './fields.js';

const text = (properties = {}) => h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', ...properties });
const number = (properties = {}) => h('input', { type: 'number', inputmode: 'numeric', ...properties });
const area = (properties = {}) => h('textarea', { rows: 4, spellcheck: 'false', class: 'code', ...properties });
const choice = pairs => select([['', 'default'], ...pairs]);

// How a field's text becomes a value of the document and back; undefined leaves the field out.
const forms = {
  text: { read: value => value.trim() || undefined, write: value => typeof value === 'string' ? value : JSON.stringify(value) },
  number: { read: value => value === '' ? undefined : Number(value), write: String },
  json: { read: value => value.trim() ? JSON.parse(value) : undefined, write: value => JSON.stringify(value, null, 2) },
  list: { read: value => { const parts = value.split(/[\n,]/).map(part => part.trim()).filter(Boolean); return parts.length > 0 ? parts : undefined; }, write: value => Array.isArray(value) ? value.join(', ') : String(value) },
  flag: { read: value => value === '' ? undefined : value === 'true', write: String },
  tolerance: { read: value => value.trim() || undefined, write: value => typeof value === 'object' ? [value.count, value.percent === undefined ? undefined : `${value.percent}%`].filter(part => part !== undefined).join(',') : String(value) },
};

const entry = (pointer, form, label, input, hint) => ({ pointer, ...forms[form], field: field(label, input, { hint }) });

/** Groups of fields: `{ title, entries }`; those of a source have the `kinds` they are for. */
export function specFields({ handlers, sources, reducers, localFiles }) {
  const sourceEntry = (kinds, ...rest) => ({ ...entry(...rest), kinds });
  const files = ['lines', 'jsonl', 'json', 'csv'];
  return [
    { title: 'Handler', entries: [
      entry('/handler/name', 'text', 'Handler', select(handlers.map(name => [name]))),
      entry('/handler/options', 'json', 'Handler options', area(), 'A JSON object, as the handler understands it.'),
    ] },
    { title: 'Source', entries: [
      entry('/source/kind', 'text', 'Source kind', select(sources.map(name => [name]))),
      sourceEntry(['range'], '/source/start', 'number', 'Start', number({ step: 1 }), 'The first number.'),
      sourceEntry(['range'], '/source/end', 'number', 'End', number({ step: 1 }), 'The number after the last.'),
      sourceEntry(['inline'], '/source/items', 'json', 'Items', area({ rows: 6 }), 'A JSON array.'),
      sourceEntry(files, '/source/path', 'text', 'Path', text(), localFiles ? 'Of a file, as the server sees it.' : 'Of a blob, such as blob://orders/2026.jsonl.'),
      sourceEntry(['csv'], '/source/delimiter', 'text', 'Delimiter', text({ maxlength: 3, placeholder: ',' }), 'One character, or tab.'),
      sourceEntry(['csv'], '/source/header', 'flag', 'Header row', choice([['true', 'yes'], ['false', 'no']])),
      sourceEntry(['files'], '/source/patterns', 'list', 'Patterns', text(), 'Globs such as **/*.jpg, with commas between.'),
      sourceEntry(['files'], '/source/root', 'text', 'Root', text()),
      sourceEntry(['blobs'], '/source/container', 'text', 'Container', text()),
      sourceEntry(['blobs'], '/source/prefix', 'text', 'Prefix', text()),
      sourceEntry(['redrive'], '/source/run', 'text', 'Earlier run', text(), 'Its id.'),
      sourceEntry(['custom'], '/source/name', 'text', 'Source name', text()),
      sourceEntry(['custom'], '/source/options', 'json', 'Source options', area()),
    ] },
    { title: 'Flow', entries: [
      entry('/flow/concurrency', 'number', 'Concurrency', number({ min: 1, step: 1 }), 'Items in flight.'),
      entry('/flow/rate', 'text', 'Rate', text({ placeholder: '50/s' }), 'Such as 50/s or 3000/min. Empty: unbounded.'),
      entry('/flow/limits', 'list', 'Shared limits', text(), 'Names, with commas between.'),
    ] },
    { title: 'Failures', entries: [
      entry('/failure/retry/maxAttempts', 'number', 'Attempts at most', number({ min: 1, step: 1 }), 'For each item.'),
      entry('/failure/timeout', 'text', 'Timeout', text({ placeholder: '10s' }), 'Of one attempt.'),
      entry('/failure/tolerate', 'tolerance', 'Tolerated failures', text({ placeholder: '100,5%' }), 'More than that stop the run. Empty: all are tolerated.'),
    ] },
    { title: 'Results', entries: [
      entry('/results/keep', 'text', 'Keep', choice([['all', 'all'], ['failures', 'failures'], ['none', 'none']])),
      entry('/results/reduce', 'text', 'Reduce', choice(reducers.map(name => [name]))),
      entry('/id', 'text', 'Run id', text({ maxlength: 100 }), 'The same id starts the same run only once. Empty: chosen for you.'),
    ] },
  ];
}

const steps = pointer => pointer.split('/').slice(1).map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));

export function valueAt(document, pointer) {
  return steps(pointer).reduce((value, step) => value?.[step], document);
}

/** A copy of the document with another value at a place; undefined takes it out, and the objects that are empty then. */
export function withValue(document, pointer, value) {
  const set = (object, [step, ...rest]) => {
    const copy = { ...(typeof object === 'object' ? object : {}) };
    const inner = rest.length === 0 ? value : set(copy[step], rest);
    if (inner === undefined) delete copy[step];
    else copy[step] = inner;
    return value === undefined && Object.keys(copy).length === 0 ? undefined : copy;
  };
  return set(document, steps(pointer)) ?? {};
}
