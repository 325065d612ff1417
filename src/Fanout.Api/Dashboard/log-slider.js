import { h, newId } from './dom.js';
import { field } from './fields.js';

const steps = 1_000;

/**
 * A number with a slider beside it that is logarithmic, so that 1 to 10 gets as much room as 1,000 to 10,000. The number is what counts:
 * it may be more exact than the slider, and beyond its end.
 */
export function logSlider(label, { min, max, hint, whole = true }) {
  const base = field(label, h('input', { type: 'number', min: whole ? min : 'any', step: whole ? 1 : 'any', inputmode: 'decimal', id: newId('number') }), { hint });
  if (!whole) base.input.removeAttribute('min');
  const slider = h('input', { type: 'range', min: 0, max: steps, step: 1, 'aria-label': `${label} slider` });
  base.input.after(slider);
  base.element.classList.add('with-slider');
  let top = max;

  const round = value => whole ? Math.round(value) : Number(value.toPrecision(2));
  const toPosition = value => value > 0 ? Math.min(steps, Math.max(0, steps * Math.log(value / min) / Math.log(top / min))) : steps;
  const showValue = () => {
    const value = Number(base.input.value);
    slider.value = String(toPosition(value));
    slider.setAttribute('aria-valuetext', base.input.value === '' ? 'no limit' : base.input.value);
  };
  slider.addEventListener('input', () => {
    base.input.value = String(round(min * (top / min) ** (Number(slider.value) / steps)));
    slider.setAttribute('aria-valuetext', base.input.value);
  });
  base.input.addEventListener('input', showValue);
  showValue();
  return {
    ...base,
    get value() { return base.input.value; },
    set value(to) {
      base.input.value = to;
      top = Math.max(max, Number(to) * 4);
      showValue();
    },
  };
}
