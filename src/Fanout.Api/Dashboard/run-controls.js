// What a run may use, to be changed while it runs.
import { getJson, runPath } from './api.js';
import { h, section, setText, show } from './dom.js';
import { button, field, select } from './fields.js';
import { count, parseRate } from './format.js';
import { errorText, problemBox } from './problem.js';
import { logSlider } from './log-slider.js';
import { hasEnded } from './run-progress.js';

const toleranceText = tolerate => !tolerate ? '' : [tolerate.count, tolerate.percent === undefined ? undefined : `${tolerate.percent}%`].filter(part => part !== undefined).join(',');

export function controlsSection(id, signal, onView) {
  const concurrency = logSlider('Concurrency', { min: 1, max: 1_000, hint: 'Items in flight over the whole run.' });
  const rate = logSlider('Rate', { min: 0.1, max: 10_000, hint: 'Item starts, retries included.', whole: false });
  const unit = field('Rate unit', select([['s', 'a second'], ['min', 'a minute'], ['h', 'an hour'], ['d', 'a day']]));
  rate.input.placeholder = 'unlimited';
  const burst = field('Burst', h('input', { type: 'number', min: 1, step: 1, inputmode: 'numeric' }), { hint: 'Starts at once after a quiet time.' });
  const tolerate = field('Tolerated failures', h('input', { type: 'text', autocomplete: 'off' }), { hint: 'Such as 100, 5% or 100,5%.' });
  const weight = field('Weight', h('input', { type: 'number', min: 0.001, step: 'any' }), { hint: 'Share of limits others use too.' });
  const fields = { concurrency, rate, burst, tolerate, weight };
  const apply = h('button', { type: 'submit', class: 'primary', disabled: true }, 'Apply');
  const reset = button('Reset', () => fill(view, true));
  const trouble = h('div');
  const news = h('p', { class: 'hint', role: 'status' });
  const form = h('form', { novalidate: true, on: { submit, input: changed } },
    concurrency.element, rate.element, unit.element,
    h('details', {}, h('summary', {}, 'Burst, tolerated failures, weight'), burst.element, tolerate.element, weight.element),
    trouble, news, h('div', { class: 'actions' }, apply, reset));
  const element = section('Allotment', {}, form);
  let view = null;
  let shownAs = {};
  let dirty = false;
  let version = null;

  const valuesOf = now => {
    const given = parseRate(now.allotment.rate);
    const failure = now.control.tolerate ?? view?.spec?.failure?.tolerate;
    return {
      concurrency: String(now.allotment.concurrency),
      rate: given ? String(given.number) : '',
      unit: given?.unit ?? 's',
      burst: String(now.allotment.burst ?? ''),
      tolerate: typeof failure === 'object' ? toleranceText(failure) : String(failure ?? ''),
      weight: String(now.control.weight ?? view?.spec?.flow?.weight ?? 1),
    };
  };

  function fill(now, force) {
    if (!force && dirty) return;
    shownAs = valuesOf(now);
    version = now.control.version;
    for (const [name, each] of Object.entries({ ...fields, unit })) {
      if (each.value !== shownAs[name]) each.value = shownAs[name];
      each.clear();
    }

    if (force) {
      setText(news, '');
      trouble.replaceChildren();
    }

    changed();
  }

  function changed() {
    dirty = Object.entries({ ...fields, unit }).some(([name, each]) => each.value !== shownAs[name]);
    apply.disabled = !dirty;
    reset.disabled = !dirty;
  }

  /** Only what was changed: the rest may have been retuned by somebody else meanwhile. Null: a field is wrong. */
  function changes() {
    const change = {};
    if (concurrency.value !== shownAs.concurrency) change.concurrency = Number(concurrency.value);
    if (rate.value !== shownAs.rate || unit.value !== shownAs.unit) {
      if (rate.value === '') return rate.fail('A rate can be changed, not taken away. For as good as none, use 1000000 a second.');
      change.rate = `${rate.value}/${unit.value}`;
    }

    if (burst.value !== shownAs.burst) change.burst = Number(burst.value);
    if (tolerate.value !== shownAs.tolerate) change.tolerate = tolerate.value.trim();
    if (weight.value !== shownAs.weight) change.weight = Number(weight.value);
    return change;
  }

  async function submit(event) {
    event.preventDefault();
    for (const each of Object.values(fields)) each.clear();
    trouble.replaceChildren();
    const change = changes();
    if (change === null) return rate.input.focus();
    if (Object.keys(change).length === 0) return changed();
    apply.disabled = true;
    try {
      const answer = await getJson(runPath(id), { method: 'PATCH', json: change, headers: { 'If-Match': `"${version}"` }, signal });
      dirty = false;
      onView(answer);
      fill(answer, true);
      setText(news, `Applied: ${Object.entries(change).map(([name, value]) => `${name} ${value}`).join(', ')}.`);
    } catch (problem) {
      if (!signal.aborted) await tell(problem);
    } finally {
      changed();
    }
  }

  async function tell(problem) {
    const at = error => fields[error.pointer?.split('/')[1]];
    const misplaced = (problem.errors ?? []).filter(at);
    for (const error of misplaced) at(error).fail(errorText(error));
    if (misplaced.length > 0) {
      const place = at(misplaced[0]);
      place.input.closest('details')?.setAttribute('open', '');
      place.input.focus();
    }

    if (misplaced.length < (problem.errors?.length ?? 0) || misplaced.length === 0) trouble.replaceChildren(problemBox(problem, at));
    if (problem.status !== 412) return;
    // Somebody else was quicker. What is here stays typed; applied again, it goes over theirs knowingly.
    const now = await getJson(runPath(id), { signal });
    version = now.control.version;
    setText(news, `Changed elsewhere meanwhile: concurrency is ${now.allotment.concurrency}, rate ${now.allotment.rate ?? 'unlimited'}. Apply again to overrule, or reset.`);
    onView(now);
  }

  return {
    element,
    update(now) {
      view = { ...view, ...now };
      show(element, !hasEnded(view));
      if (hasEnded(view)) return;
      if (dirty && now.control.version > version) {
        const { concurrency: slots } = now.allotment;
        setText(news, `Changed elsewhere meanwhile: concurrency is ${count(slots)}, rate ${now.allotment.rate ?? 'unlimited'}.`);
      }

      fill(view, false);
    },
  };
}

/** A button that pauses, or resumes what is paused. */
export function pauseButton(id, signal, onView, trouble) {
  let paused = false;
  const element = button('Pause', async () => {
    trouble.replaceChildren();
    element.disabled = true;
    try {
      onView(await getJson(runPath(id), { method: 'PATCH', json: { paused: !paused }, signal }));
    } catch (problem) {
      if (!signal.aborted) trouble.replaceChildren(problemBox(problem));
    } finally {
      element.disabled = false;
      element.focus();
    }
  });
  return {
    element,
    update(view) {
      paused = view.control.paused;
      setText(element, paused ? 'Resume' : 'Pause');
      show(element, !hasEnded(view) && !view.control.stop);
    },
  };
}
