import { askForKey, getKey, keyHeaders } from './keys.js';
import { Problem } from './problem.js';

export const apiBase = new URL('../api/', document.baseURI);
export const runPath = (id, rest = '') => `runs/${encodeURIComponent(id)}${rest}`;

/**
 * Asks the API. Answers a response that is fine or 304; throws a Problem for any other and for none, and the signal's own error when it was
 * aborted. `background`: nobody pressed anything, so nobody is asked for a key twice.
 */
export async function request(path, { method = 'GET', json, body, headers = {}, signal, background = false } = {}) {
  for (;;) {
    const key = getKey();
    const response = await send(new URL(path, apiBase), {
      method,
      body: json === undefined ? body : JSON.stringify(json),
      headers: { ...(json === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers, ...keyHeaders() },
      signal,
      cache: 'no-store',
      // The key is all the identity there is; cookies of other apps on this host are none of ours.
      credentials: 'same-origin',
    });
    if (response.ok || response.status === 304) return response;
    const problem = await Problem.of(response);
    // Another request may have asked for a key, and got one, while this one was under way.
    if (problem.status !== 401 || (key === getKey() && !await askForKey(background))) throw problem;
  }
}

async function send(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw Problem.unreachable();
  }
}

/** The answer's JSON; null for 204 and 304. */
export async function getJson(path, options) {
  const response = await request(path, options);
  return response.status === 204 || response.status === 304 ? null : response.json();
}

let capabilities = null;

/** What the server can do; asked once. */
export async function getCapabilities() {
  capabilities ??= await getJson('capabilities');
  return capabilities;
}
