// Making and changing elements. Nothing here takes HTML: what the API says only ever becomes text.

const svgNames = new Set(['svg', 'path', 'g', 'line', 'text', 'rect', 'circle']);

/** An element: `h('button', { type: 'button', on: { click } }, 'Apply')`. A property that is null, undefined or false is left out. */
export function h(name, properties, ...children) {
  const element = svgNames.has(name) ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (key === 'value') element.value = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Changes a text only when it differs: a live page must not make a screen reader, or a selection, start over every second. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

export function show(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

let ids = 0;

export function newId(prefix) {
  return `${prefix}-${++ids}`;
}

/** A titled part of a page. */
export function section(title, properties, ...children) {
  const id = newId('section');
  return h('section', { ...properties, class: `card ${properties?.class ?? ''}`.trim(), 'aria-labelledby': id },
    h('h2', { id }, title), ...children);
}

/** Says something to screen readers when they are ready for it. */
export function announce(text) {
  const announcer = document.getElementById('announcer');
  // The same words twice would not be a change, and not be read.
  setText(announcer, '');
  requestAnimationFrame(() => setText(announcer, text));
}

/**
 * Brings the children of a parent into line with keyed items, and moves an element only when it is out of place: focus, selection and
 * scrolling stay where they were. `make(item)` returns `{ element, update(item) }`.
 */
export function keyedList(parent, keyOf, make) {
  const known = new Map();
  return items => {
    const wanted = new Set(items.map(keyOf));
    for (const [key, entry] of known) {
      if (wanted.has(key)) continue;
      entry.element.remove();
      known.delete(key);
    }

    let place = parent.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      let entry = known.get(key);
      if (!entry) known.set(key, entry = make(item));
      entry.update(item);
      if (entry.element === place) place = place.nextElementSibling;
      else parent.insertBefore(entry.element, place);
    }
  };
}

/** Calls at most once a frame, and not at all while the page is hidden. */
export function onceAFrame(action) {
  let frame = 0;
  return {
    request() { frame ||= requestAnimationFrame(() => { frame = 0; action(); }); },
    cancel() { cancelAnimationFrame(frame); frame = 0; },
  };
}
