import { apiBase, request } from './api.js';
import { h } from './dom.js';
import { hasKey } from './keys.js';
import { problemBox } from './problem.js';

/**
 * A link that downloads. Without a key it is a plain one, and the browser writes what comes straight to disk. A link cannot send a key, so
 * with one the answer is fetched: into a file the person chooses where the browser can do that, else through memory.
 */
export function downloadLink(text, path, fileName, trouble) {
  const link = h('a', { class: 'button', href: new URL(path, apiBase).href, download: fileName }, text);
  link.addEventListener('click', async event => {
    if (!hasKey()) return;
    event.preventDefault();
    trouble.replaceChildren();
    try {
      await save(path, fileName);
    } catch (problem) {
      // The person closed the browser's own dialog.
      if (problem.name !== 'AbortError') trouble.replaceChildren(problemBox(problem));
    }
  });
  return {
    element: link,
    point(to, name) {
      path = to;
      fileName = name;
      link.href = new URL(to, apiBase).href;
      link.download = name;
    },
  };
}

async function save(path, suggestedName) {
  if (window.showSaveFilePicker) {
    const file = await window.showSaveFilePicker({ suggestedName });
    const response = await request(path);
    return response.body.pipeTo(await file.createWritable());
  }

  const response = await request(path);
  const url = URL.createObjectURL(await response.blob());
  h('a', { href: url, download: suggestedName }).click();
  // The browser has to have begun with it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
