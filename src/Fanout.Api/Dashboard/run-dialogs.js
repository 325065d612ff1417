// What is asked twice: cancelling, redriving, deleting.
import { getJson, request, runPath } from './api.js';
import { openDialog } from './dialog.js';
import { h } from './dom.js';
import { field, select } from './fields.js';
import { count, items } from './format.js';
import { errorText } from './problem.js';
import { countsOf, totalOf } from './run-progress.js';

/** Answers the run's view, or null: it was not cancelled. */
export function cancelDialog(view) {
  const total = totalOf(view);
  const left = total === undefined ? 'what is left' : `the other ${items(total - countsOf(view).settled)}`;
  return openDialog({
    title: `Cancel run ${view.id}?`,
    body: [h('p', {}, `Items in flight are told to stop, and ${left} will not be started. A cancelled run does not go on; its rest can be redriven as a new run.`)],
    confirm: 'Cancel the run',
    dismiss: 'Keep it running',
    danger: true,
    action: () => getJson(runPath(view.id, '/cancel'), { method: 'POST' }),
  });
}

/** Answers true, or null: it was not deleted. */
export function deleteDialog(view) {
  return openDialog({
    title: `Delete run ${view.id}?`,
    body: [h('p', {}, 'Its report and its results are deleted for good.')],
    confirm: 'Delete the run',
    dismiss: 'Keep it',
    danger: true,
    async action() {
      await request(runPath(view.id), { method: 'DELETE' });
      return true;
    },
  });
}

/** Answers the new run's view, or null: there is none. */
export function redriveDialog(view) {
  const counts = countsOf(view);
  const never = view.report?.notStarted ?? 0;
  const all = counts.failed + counts.timedOut + counts.cancelled + never;
  const form = {
    only: field('Which items', select([
      ['all', `All that did not succeed (${count(all)})`],
      ['failed', `Failed (${count(counts.failed)})`],
      ['timedOut', `Timed out (${count(counts.timedOut)})`],
      ['cancelled', `Cancelled or never started (${count(counts.cancelled + never)})`],
    ])),
    whereError: field('Only errors containing', h('input', { type: 'text', autocomplete: 'off', maxlength: 1000 }), { hint: 'Text in an error’s type or message. Empty: any error.' }),
    concurrency: field('Concurrency', h('input', { type: 'number', min: 1, inputmode: 'numeric', placeholder: String(view.spec?.flow?.concurrency ?? '') }), { hint: 'Empty: as in the earlier run.' }),
    rate: field('Rate', h('input', { type: 'text', autocomplete: 'off', placeholder: view.spec?.flow?.rate ?? '50/s' }), { hint: 'Such as 50/s or 3000/min. Empty: as in the earlier run.' }),
    id: field('New run id', h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: 100 }), { hint: 'Empty: chosen for you.' }),
  };
  const places = { '/only': form.only, '/whereError': form.whereError, '/flow/concurrency': form.concurrency, '/flow/rate': form.rate, '/id': form.id };
  return openDialog({
    title: `Redrive run ${view.id}`,
    body: [h('p', {}, 'A new run over the items of this one that did not succeed.'), ...Object.values(form).map(each => each.element)],
    confirm: 'Start the redrive',
    dismiss: 'Close',
    async action() {
      for (const each of Object.values(form)) each.clear();
      try {
        return await getJson(runPath(view.id, '/redrive'), { method: 'POST', json: redriveBody(view, form) });
      } catch (problem) {
        const placed = (problem.errors ?? []).filter(error => places[error.pointer]);
        for (const error of placed) places[error.pointer].fail(errorText(error));
        if (placed.length === 0 || placed.length < problem.errors.length) throw problem;
        places[placed[0].pointer].input.focus();
        return null;
      }
    },
  });
}

/** A section that is given replaces the earlier spec's as a whole, so a changed flow carries over what was not changed. */
function redriveBody(view, form) {
  const body = { only: form.only.value };
  if (form.whereError.value.trim()) body.whereError = form.whereError.value.trim();
  if (form.id.value.trim()) body.id = form.id.value.trim();
  const flow = { ...view.spec?.flow };
  if (form.concurrency.value) flow.concurrency = Number(form.concurrency.value);
  if (form.rate.value.trim() && form.rate.value.trim() !== flow.rate) {
    flow.rate = form.rate.value.trim();
    // A burst that was chosen for another rate: the new rate's own default is the better guess.
    delete flow.burst;
  }

  if (form.concurrency.value || form.rate.value.trim()) body.flow = flow;
  return body;
}
