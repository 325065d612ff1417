import { h, keyedList, setText } from './dom.js';

/**
 * The bar alone, hidden from screen readers: whoever shows it says in words beside it what it shows. A part is `{ key, label, value, tone }`; `of` is what the whole
 * bar stands for, null when nobody knows.
 */
export function segmentBar({ inside = false } = {}) {
  const element = h('div', { class: 'stack-bar', 'aria-hidden': 'true' });
  const update = keyedList(element, part => part.key, () => makeSegment(inside));
  return {
    element,
    update(parts, of) {
      const whole = of ?? parts.reduce((sum, part) => sum + part.value, 0);
      // Of what is not counted nobody can say how far it is.
      element.classList.toggle('uncounted', of === null);
      update(of === null ? [] : parts.filter(part => part.value > 0).map(part => ({ ...part, share: whole > 0 ? 100 * part.value / whole : 0 })));
    },
  };
}

/** A bar with a list below that says the same in words; its parts have a `text`, and may have a `hint`. */
export function stackedBar({ label, inside = false, explained = false }) {
  const bar = segmentBar({ inside });
  const legend = h('ul', { class: explained ? 'legend explained' : 'legend', 'aria-label': label });
  const updateLegend = keyedList(legend, part => part.key, makeEntry);
  return {
    element: h('div', { class: 'stacked' }, bar.element, legend),
    update(parts, of) {
      bar.update(parts, of);
      updateLegend(parts);
    },
  };
}

function makeSegment(inside) {
  const element = h('div', { class: 'segment' });
  return {
    element,
    update(part) {
      element.dataset.tone = part.tone;
      element.style.width = `${part.share}%`;
      // Only where there is room: the list says it anyway.
      if (inside) setText(element, part.share >= 14 ? part.label : '');
    },
  };
}

function makeEntry() {
  const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  const label = h('span', { class: 'legend-label' });
  const value = h('span', { class: 'legend-value' });
  const hint = h('span', { class: 'legend-hint' });
  return {
    element: h('li', {}, swatch, label, ' ', value, ' ', hint),
    update(part) {
      swatch.dataset.tone = part.tone;
      setText(label, part.label);
      setText(value, part.text);
      setText(hint, part.hint ?? '');
    },
  };
}
