import { h } from './dom.js';

/** A failed request, as RFC 9457 tells it. Status 0: no answer at all. */
export class Problem extends Error {
  constructor({ status = 0, title, detail, errors = [], runId }) {
    super(detail || title || `The server answered ${status}.`);
    this.status = status;
    this.title = title || 'That did not work';
    this.errors = errors;
    this.runId = runId;
  }

  static async of(response) {
    try {
      return new Problem({ ...await response.json(), status: response.status });
    } catch {
      return new Problem({ status: response.status, title: response.statusText, detail: `The server answered ${response.status} and did not say why.` });
    }
  }

  static unreachable() {
    return new Problem({ title: 'No answer', detail: 'The server cannot be reached. Is it running, and is the network there?' });
  }
}

/** An error of a field as sentences. What is wrong is told as the end of one that begins with the value; without a value it may be a whole one. */
export function errorText({ value, problem, remedy }) {
  const subject = value !== undefined ? `${value.slice(0, 120)} ` : /^(is|has|makes|bounds|means)\b/.test(problem) ? 'This ' : '';
  const text = `${subject}${problem}${remedy ? ` ${remedy}` : ''}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A problem in words, to stand near what was asked. `shownElsewhere` leaves out errors that stand beside their fields already. */
export function problemBox(problem, shownElsewhere = () => false) {
  const errors = (problem.errors ?? []).filter(error => !shownElsewhere(error));
  return h('div', { class: 'problem', role: 'alert' },
    h('p', {}, h('strong', {}, problem.title ?? 'That did not work'), h('br'), problem.message),
    errors.length > 0 && h('ul', {}, errors.map(error => h('li', {}, error.pointer && h('code', {}, error.pointer), ' ', errorText(error)))),
    problem.runId && h('p', {}, h('a', { href: `#/runs/${encodeURIComponent(problem.runId)}` }, `Open run ${problem.runId}`)));
}
