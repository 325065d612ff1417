// The shell: which page is shown, and what all pages share.
import { getCapabilities } from './api.js';
import { announce, h, setText, show } from './dom.js';
import { acceptDrops } from './drop.js';
import { askForKey, hasKey, onKeyChange, signOut, wantsKey } from './keys.js';
import { limitsPage } from './limits-page.js';
import { problemBox } from './problem.js';
import { runPage } from './run-page.js';
import { runsPage } from './runs-page.js';
import { startPage } from './start-page.js';

const routes = [
  { pattern: /^\/$/, page: runsPage, nav: '#/' },
  { pattern: /^\/runs\/([^/]+)$/, page: runPage, nav: '#/' },
  { pattern: /^\/limits$/, page: limitsPage, nav: '#/limits' },
  { pattern: /^\/start$/, page: startPage, nav: '#/start' },
];

const main = document.getElementById('main');
let shown = null;

/**
 * Shows what the address asks for. A page is `async ({ argument, query, capabilities, signal }) => { title, element, update?(query) }`;
 * all it started ends with its signal. When only the query changes, the page is told and stays.
 */
async function navigate(again = false) {
  const [path, search = ''] = (location.hash.slice(1) || '/').split('?');
  const query = new URLSearchParams(search);
  if (!again && shown?.path === path && shown.update?.(query)) return;

  const first = shown === null;
  shown?.controller.abort();
  const controller = new AbortController();
  const mine = shown = { path, controller };
  const found = find(path);
  markNav(found?.route.nav);
  let page;
  try {
    const capabilities = await getCapabilities();
    setText(document.getElementById('about'), `Fanout ${capabilities.version}, engine ${capabilities.engine}`);
    page = found
      ? await found.route.page({ argument: found.argument, query, capabilities, signal: controller.signal })
      : { title: 'Not found', element: h('div', {}, h('h1', {}, 'Not found'), h('p', {}, 'There is no such page. ', h('a', { href: '#/' }, 'To the runs'))) };
  } catch (problem) {
    if (controller.signal.aborted) return;
    page = failedPage(problem);
  }

  // Somebody went on to another page meanwhile.
  if (mine !== shown) return;
  mine.update = page.update;
  mine.isShown = true;
  document.title = `${page.title} – Fanout`;
  main.replaceChildren(page.element);
  scrollTo(0, 0);
  if (!first) focusHeading();
  page.shown?.();
}

function find(path) {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match) return { route, argument: match[1] && decodeURIComponent(match[1]) };
  }

  return null;
}

function failedPage(problem) {
  const retry = h('button', { type: 'button', class: 'primary', on: { click: () => navigate(true) } }, 'Try again');
  return {
    title: problem.title ?? 'Problem',
    element: h('div', { class: 'stack' }, h('h1', {}, problem.title ?? 'Problem'), problemBox(problem), h('p', {}, retry)),
  };
}

// Moves readers to the new page as a page load would.
function focusHeading() {
  const heading = main.querySelector('h1') ?? main;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function markNav(href) {
  for (const link of document.querySelectorAll('.top nav a')) {
    if (link.getAttribute('href') === href) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function bindTheme() {
  const button = document.getElementById('theme');
  const root = document.documentElement;
  const order = ['system', 'light', 'dark'];
  const label = () => setText(button, `Theme: ${root.dataset.theme ?? 'system'}`);
  button.addEventListener('click', () => {
    const next = order[(order.indexOf(root.dataset.theme ?? 'system') + 1) % order.length];
    if (next === 'system') delete root.dataset.theme;
    else root.dataset.theme = next;
    try { localStorage.setItem('fanout-theme', next); } catch { /* Then it is chosen for this page only. */ }
    label();
    announce(`Theme: ${next}`);
  });
  label();
}

function bindSigning() {
  const button = document.getElementById('sign');
  const label = () => {
    show(button, hasKey() || wantsKey());
    setText(button, hasKey() ? 'Sign out' : 'Sign in');
  };
  button.addEventListener('click', () => hasKey() ? signOut() : askForKey(false));
  onKeyChange(changed => {
    label();
    if (!changed) return;
    // The page being opened goes on with its new key by itself. What is shown was fetched with a key that is gone.
    if (hasKey()) {
      if (shown?.isShown) navigate(true);
      return;
    }

    shown?.controller.abort();
    main.replaceChildren(h('h1', {}, 'Signed out'), h('p', {}, 'Sign in to go on.'));
    announce('Signed out');
  });
  label();
}

document.getElementById('skip').addEventListener('click', event => {
  // The hash is the address of a page here, not of a place in it.
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', () => navigate());
bindTheme();
bindSigning();
acceptDrops(document.getElementById('drop-veil'));
navigate();
