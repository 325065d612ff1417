// A file may be dropped on any page; the page that starts runs takes it.

const event = 'fanout-file';
let waiting = null;

/** Accepts files dropped anywhere in the window. */
export function acceptDrops(veil) {
  const hasFiles = dragged => [...dragged.dataTransfer?.types ?? []].includes('Files');
  addEventListener('dragover', dragged => {
    if (!hasFiles(dragged)) return;
    dragged.preventDefault();
    veil.hidden = false;
  });
  addEventListener('dragleave', dragged => {
    // Null: it left the window, not one element for another.
    if (dragged.relatedTarget === null) veil.hidden = true;
  });
  addEventListener('drop', dropped => {
    veil.hidden = true;
    const file = dropped.dataTransfer?.files[0];
    if (!file) return;
    dropped.preventDefault();
    waiting = file;
    if (location.hash.split('?')[0] === '#/start') dispatchEvent(new Event(event));
    else location.hash = '#/start';
  });
}

/** Calls for a file that was dropped on the way here, and for each one dropped until the signal is aborted. */
export function takeFiles(take, signal) {
  const look = () => {
    const file = waiting;
    waiting = null;
    if (file) take(file);
  };
  addEventListener(event, look, { signal });
  look();
}
