// The key this page sends, where the API asks for one. It lives as long as the tab: sessionStorage, never localStorage, never a URL.
import { openDialog } from './dialog.js';
import { field } from './fields.js';
import { h } from './dom.js';

const place = 'fanout-key';
let current = read();
let asking = null;
let dismissed = false;
const listeners = new Set();

export const hasKey = () => current !== null;
export const getKey = () => current;
export const wantsKey = () => current === null && dismissed;

/** The server takes one header, the Functions app the other. */
export function keyHeaders() {
  return current === null ? {} : { Authorization: `Bearer ${current}`, 'x-functions-key': current };
}

export function onKeyChange(listener) {
  listeners.add(listener);
}

export function signOut() {
  dismissed = true;
  set(null);
}

/**
 * Asks for a key, once however many requests were refused at the same time. False: the person has none. A request nobody asked for (a
 * poll) does not open the dialog again after it was dismissed.
 */
export function askForKey(background) {
  if (asking) return asking;
  if (background && dismissed) return Promise.resolve(false);
  return asking = ask().finally(() => { asking = null; });
}

async function ask() {
  const key = field('Key', h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', required: true }));
  const words = current === null ? 'This server answers only to those with a key.' : 'The key was not accepted. Check it, or use another.';
  const given = await openDialog({
    title: 'Sign in',
    body: [h('p', {}, words, ' It is kept until this tab is closed.'), key.element],
    confirm: 'Sign in',
    dismiss: 'Not now',
    stays: true,
    action: () => key.input.value.trim() || key.fail('Type the key.'),
  });
  dismissed = given === null;
  set(given);
  return given !== null;
}

function set(key) {
  const changed = key !== current;
  current = key;
  try {
    if (key === null) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, key);
  } catch { /* Storage is switched off: the key is known until the page is left. */ }
  for (const listener of listeners) listener(changed);
}

function read() {
  try { return sessionStorage.getItem(place); } catch { return null; }
}
