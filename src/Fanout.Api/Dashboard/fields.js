import { h, newId, setText, show } from './dom.js';

/**
 * A labelled input with room for a hint and an error, which are read out with it. `fail(text)` shows an error and returns null.
 */
export function field(label, input, { hint, inline = false } = {}) {
  const id = input.id ||= newId('field');
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(' ');
  input.setAttribute('aria-describedby', described);
  const element = h('div', { class: inline ? 'field inline' : 'field' },
    h('label', { for: id }, label), input,
    hint && h('p', { class: 'hint', id: `${id}-hint` }, hint), error);
  return {
    element,
    input,
    get value() { return input.value; },
    set value(to) { input.value = to; },
    fail(text) {
      setText(error, text);
      show(error, true);
      input.setAttribute('aria-invalid', 'true');
      return null;
    },
    clear() {
      if (error.hidden) return;
      show(error, false);
      input.removeAttribute('aria-invalid');
    },
  };
}

export function options(pairs) {
  return pairs.map(([value, text]) => h('option', { value }, text ?? value));
}

export function select(pairs, properties) {
  return h('select', properties, options(pairs));
}

export function button(text, click, kind) {
  return h('button', { type: 'button', class: kind, on: { click } }, text);
}
