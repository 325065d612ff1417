import { h } from './dom.js';

// Shapes differ, not colours alone; drawn on 16 by 16.
const paths = {
  Pending: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z',
  Running: 'M4.5 2.8v10.4L13 8z',
  Paused: 'M5 3v10M11 3v10',
  Succeeded: 'M2.8 8.4l3.4 3.6 7-8',
  CompletedWithFailures: 'M8 2.2l6.3 11.3H1.7zM8 6.5v3.2M8 11.6v.2',
  Failed: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  Cancelled: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM4.2 11.8l7.6-7.6',
  TimedOut: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5v3.2l2.3 1.6',
};

const words = {
  CompletedWithFailures: 'Completed with failures',
  TimedOut: 'Timed out',
};

export function icon(name) {
  return h('svg', { class: 'icon', viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' },
    h('path', { d: paths[name] ?? paths.Pending }));
}

export function statusWords(status) {
  return words[status] ?? status;
}

/** A status of a run, or an outcome of an item; they share their words. */
export function badge(status) {
  const element = h('span', { class: 'badge' });
  const update = (to, stopping) => {
    const text = stopping ? 'Stopping' : statusWords(to);
    if (element.textContent === text && element.dataset.status === to) return;
    element.dataset.status = to;
    element.replaceChildren(icon(to), text);
  };
  update(status, false);
  return { element, update };
}
