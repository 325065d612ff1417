import { h, newId } from './dom.js';
import { problemBox } from './problem.js';

/**
 * A modal dialog with two buttons. `action` runs when it is confirmed: what it returns closes the dialog and is the answer, null keeps it
 * open, and a problem it throws is told inside. Answers null when dismissed. The browser keeps focus inside, and puts it back afterwards.
 * It closes when the page is left, unless it `stays`.
 */
export function openDialog({ title, body, confirm, dismiss, action, danger = false, stays = false }) {
  return new Promise(resolve => {
    const id = newId('dialog');
    const problems = h('div');
    const yes = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, confirm);
    const no = h('button', { type: 'button', on: { click: () => dialog.close() } }, dismiss);
    let answer = null;

    const submit = async event => {
      event.preventDefault();
      problems.replaceChildren();
      yes.disabled = true;
      try {
        answer = await action();
        if (answer !== null && answer !== undefined) dialog.close();
      } catch (problem) {
        problems.replaceChildren(problemBox(problem));
      } finally {
        yes.disabled = false;
      }
    };

    const dialog = h('dialog', { 'aria-labelledby': id },
      h('form', { novalidate: true, on: { submit } },
        h('h2', { id }, title), ...body, problems,
        h('div', { class: 'actions' }, no, yes)));
    // What a page asks means nothing on the next one.
    const leave = () => dialog.close();
    if (!stays) addEventListener('hashchange', leave);
    dialog.addEventListener('close', () => {
      removeEventListener('hashchange', leave);
      dialog.remove();
      resolve(answer ?? null);
    });
    document.body.append(dialog);
    dialog.showModal();
    // What is dangerous is not what Enter does first.
    if (danger && !dialog.querySelector('input, select')) no.focus();
  });
}
