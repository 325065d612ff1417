// One run as it goes on: by events where the server has them, else by asking again and again.
import { getJson, request, runPath } from './api.js';
import { readEvents } from './event-stream.js';
import { delay, repeat, untilVisible } from './refresh.js';
import { hasEnded } from './run-progress.js';

const pollEvery = 2_000;
const longestWait = 30_000;
/** A page that nobody has looked at for so long lets go of its connection. */
const hiddenTooLong = 60_000;

/**
 * Watches a run until the signal is aborted or it has ended: `onView(view)`, `onSample(sample)`, and `onState(state)` with live, polling,
 * waiting or over.
 */
export function watchRun(id, first, { events, signal, onView, onSample, onState }) {
  const told = { onView, onSample, onState };
  if (events) followEvents(id, signal, told);
  else if (hasEnded(first)) onState('over');
  else poll(id, first, signal, told);
}

async function followEvents(id, signal, told) {
  const show = view => {
    told.onView(view);
    return hasEnded(view);
  };
  let last = '';
  let wait = 500;
  while (!signal.aborted) {
    const connection = connectionWhileSeen(signal);
    let over = false;
    let ended = false;
    try {
      const response = await request(runPath(id, '/events'), {
        headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) },
        signal: connection.signal,
        background: true,
      });
      // No content: there is nothing after the last event there was.
      if (response.status === 204) return told.onState('over');
      told.onState('live');
      await readEvents(response, event => {
        last = event.id || last;
        wait = 500;
        if (event.name === 'run') ended = show(JSON.parse(event.data));
        else if (event.name === 'sample') told.onSample(JSON.parse(event.data));
        else if (event.name === 'end') over = true;
      });
      over ||= ended;
    } catch (problem) {
      if (problem.status === 404) over = true;
    } finally {
      connection.close();
    }

    if (over && !signal.aborted) return told.onState('over');
    await untilVisible(signal);
    if (signal.aborted) return;
    told.onState('waiting');
    // Not all pages that lost a server together come back together.
    await delay(wait * (0.75 + Math.random() / 2), signal);
    wait = Math.min(wait * 2, longestWait);
  }
}

function connectionWhileSeen(signal) {
  const controller = new AbortController();
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => controller.abort(), hiddenTooLong);
  };
  const end = () => controller.abort();
  document.addEventListener('visibilitychange', look);
  signal.addEventListener('abort', end);
  look();
  return {
    signal: controller.signal,
    close() {
      clearTimeout(timer);
      controller.abort();
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', end);
    },
  };
}

function poll(id, first, signal, told) {
  let etag = '';
  let before = first.progress;
  repeat(async () => {
    try {
      const response = await request(runPath(id), { headers: etag ? { 'If-None-Match': etag } : {}, signal, background: true });
      told.onState('polling');
      if (response.status === 304) return true;
      etag = response.headers.get('ETag') ?? '';
      const view = await response.json();
      told.onView(view);
      if (view.progress) told.onSample(sampleOf(view, before));
      before = view.progress ?? before;
      if (!hasEnded(view)) return true;
      told.onState('over');
      return false;
    } catch (problem) {
      if (!signal.aborted) told.onState('waiting');
      throw problem;
    }
  }, pollEvery, signal);
}

/** What a server with events would have sent, as far as two looks at the run tell it. */
export function sampleOf(view, before) {
  const now = view.progress;
  const seconds = before ? (Date.parse(now.at) - Date.parse(before.at)) / 1000 : 0;
  return {
    at: now.at,
    settled: now.settled,
    succeeded: now.succeeded,
    unsuccessful: now.settled - now.succeeded,
    inFlight: now.inFlight,
    itemsPerSecond: seconds > 0.5 ? Math.max(0, (now.settled - before.settled) / seconds) : now.itemsPerSecond,
    waits: now.waits ?? [],
    latency: now.latency,
    concurrency: view.allotment?.concurrency,
    rate: view.allotment?.rate,
  };
}

export const getRun = (id, signal) => getJson(runPath(id), { signal });
