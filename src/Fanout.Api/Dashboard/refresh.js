// Waiting, in ways that end with the page that waits.

export function delay(milliseconds, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Resolves when somebody can see the page, or the signal is aborted. */
export function untilVisible(signal) {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise(resolve => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
  });
}

/**
 * Runs an action now and again and again, one after the other, until the signal is aborted or it answers false; not while the page is
 * hidden. After failures it waits longer each time.
 */
export async function repeat(action, milliseconds, signal) {
  let wait = milliseconds;
  while (!signal.aborted) {
    try {
      if (await action() === false) return;
      wait = milliseconds;
    } catch {
      // The action has told what went wrong; here it only counts that something did.
      wait = Math.min(wait * 2, 30_000);
    }

    await delay(wait, signal);
    await untilVisible(signal);
  }
}
