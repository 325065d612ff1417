// Results as JSON lines, read a page at a time in either direction. However many there are, only a page of them is held.
import { request, runPath } from './api.js';

export const pageSize = 50;

function resultsPath(id, { status, from, to, limit, download }) {
  const search = new URLSearchParams();
  if (status) search.set('status', status);
  if (from !== undefined) search.set('from', from);
  if (to !== undefined) search.set('to', to);
  if (limit !== undefined) search.set('limit', limit);
  if (download) search.set('download', 'true');
  return runPath(id, `/results?${search}`);
}

export const downloadPath = (id, status) => resultsPath(id, { status, download: true });

/** Calls for each line of a response that is streamed, until `onLine` answers false; what is not read is not sent. */
export async function readLines(response, onLine) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += value;
      for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1)) {
        if (end > 0 && onLine(JSON.parse(rest.slice(0, end))) === false) return;
      }
    }

    if (rest.trim()) onLine(JSON.parse(rest));
  } finally {
    reader.cancel().catch(() => { /* It has ended. */ });
  }
}

/** The page that begins at an item: `{ lines, more }`. */
export async function pageFrom(id, { status, from, signal }) {
  const lines = [];
  // One more than is shown tells whether there is a next page.
  const response = await request(resultsPath(id, { status, from, limit: pageSize + 1 }), { signal });
  await readLines(response, line => { lines.push(line); return lines.length <= pageSize; });
  return { lines: lines.slice(0, pageSize), more: lines.length > pageSize };
}

/**
 * The page that ends just before an item. Results are read forwards only, and of those that match a filter nobody knows where they are, so it
 * looks through windows that grow fourfold until one holds a page. Few matches in a long run cost a few requests, never a long list.
 */
export async function pageBefore(id, { status, before, signal }) {
  for (let width = pageSize; ; width *= 4) {
    const from = Math.max(0, before - width);
    const last = [];
    const response = await request(resultsPath(id, { status, from, to: before }), { signal });
    await readLines(response, line => {
      if (line.index >= before) return false;
      last.push(line);
      if (last.length > pageSize) last.shift();
      return true;
    });
    if (last.length >= pageSize || from === 0) return last;
  }
}
