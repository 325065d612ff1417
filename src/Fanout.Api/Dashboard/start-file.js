// What a file means for a run: a spec, or a source of items.
import { apiBase } from './api.js';
import { bytes, count } from './format.js';
import { keyHeaders } from './keys.js';
import { Problem } from './problem.js';

// The server's own bounds for items that stand in the spec.
const mostInlineItems = 10_000;
const mostInlineBytes = 1 << 20;
/** A JSON file up to here is looked into, to tell a spec from items. */
const mostLookedInto = 4 << 20;

const kinds = { jsonl: 'jsonl', ndjson: 'jsonl', csv: 'csv', txt: 'lines', json: 'json' };

/**
 * Answers `{ spec }`, or `{ source }` after having uploaded the file where the server takes uploads; `onProgress(share)` from 0 to 1.
 */
export async function readStartFile(file, { upload, onProgress, signal }) {
  const ending = file.name.toLowerCase().split('.').pop();
  const kind = kinds[ending];
  if (!kind) throw refusal(`“${file.name}” is no file that is understood.`, 'Take a .json spec, or items as .jsonl, .ndjson, .csv, .txt or a .json array.');
  if (kind === 'json' && file.size <= mostLookedInto) {
    const value = parse(await file.text(), file.name);
    if (value?.handler && value?.source) return { spec: value };
    if (!Array.isArray(value)) throw refusal(`“${file.name}” is neither a spec nor a list of items.`, 'A spec is an object with "handler" and "source"; items are an array.');
  }

  if (upload) return { source: { kind, path: await send(file, onProgress, signal) } };
  if (file.size > mostInlineBytes) {
    throw refusal(`“${file.name}” has ${bytes(file.size)}; this server takes no uploads, and a spec holds ${bytes(mostInlineBytes)} of items at most.`, 'Put the file where the server reads it, and name its path.');
  }

  const items = itemsOf(await file.text(), kind, file.name);
  if (items.length > mostInlineItems) throw refusal(`“${file.name}” has ${count(items.length)} items; a spec holds ${count(mostInlineItems)} at most.`, 'Put the file where the server reads it, and name its path.');
  return { source: { kind: 'inline', items } };
}

function itemsOf(text, kind, name) {
  if (kind === 'json') return parse(text, name);
  if (kind === 'csv') return csvItems(text);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return kind === 'lines' ? lines : lines.filter(line => line.trim()).map((line, index) => parse(line, `line ${index + 1} of ${name}`));
}

function parse(text, name) {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw refusal(`${name} is not JSON: ${error.message}`, '');
  }
}

/** RFC 4180, with a header. */
export function csvItems(text) {
  const rows = [];
  let row = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  text = text.replace(/^\uFEFF/, '');
  for (let match; cells.lastIndex < text.length && (match = cells.exec(text));) {
    row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === ',') {
      // A comma at the very end has an empty cell after it.
      if (cells.lastIndex === text.length) row.push('');
      else continue;
    }

    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }

  if (row.length > 0) rows.push(row);
  const [header = [], ...records] = rows;
  return records.map(record => Object.fromEntries(header.map((name, index) => [name, record[index] ?? ''])));
}

/** fetch tells nothing of how much was sent, and a file may be large. */
function send(file, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const upload = new XMLHttpRequest();
    upload.open('POST', new URL(`uploads?name=${encodeURIComponent(file.name)}`, apiBase));
    upload.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    for (const [name, value] of Object.entries(keyHeaders())) upload.setRequestHeader(name, value);
    upload.upload.addEventListener('progress', event => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    upload.addEventListener('load', () => {
      const answer = parseOrEmpty(upload.responseText);
      if (upload.status === 201 || upload.status === 200) resolve(answer.path);
      else reject(new Problem({ ...answer, status: upload.status }));
    });
    upload.addEventListener('error', () => reject(Problem.unreachable()));
    upload.addEventListener('abort', () => reject(signal.reason));
    signal.addEventListener('abort', () => upload.abort(), { once: true });
    upload.send(file);
  });
}

function parseOrEmpty(text) {
  try { return JSON.parse(text); } catch { return {}; }
}

function refusal(what, remedy) {
  return new Problem({ title: 'That file cannot be used', detail: `${what} ${remedy}`.trim() });
}
