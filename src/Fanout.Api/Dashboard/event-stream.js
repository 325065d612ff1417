// Server-sent events over fetch: EventSource cannot send a key.

/** The longest silence. The server sends a comment every 15 s, so that a connection that died without a word is noticed. */
const silence = 40_000;

/**
 * Reads events until the stream ends: `onEvent({ name, data, id })`, the id being the last one told. Throws when nothing comes for too long,
 * or what the connection throws.
 */
export async function readEvents(response, onEvent) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parse = eventParser(onEvent);
  let watchdog = 0;
  try {
    for (;;) {
      watchdog = setTimeout(() => reader.cancel(), silence);
      const { done, value } = await reader.read();
      clearTimeout(watchdog);
      if (done) return;
      parse(value);
    }
  } finally {
    clearTimeout(watchdog);
    reader.cancel().catch(() => { /* It is broken already. */ });
  }
}

/** A parser as the HTML standard (9.2.6) has it; text comes in pieces that end anywhere. */
export function eventParser(onEvent) {
  let rest = '';
  let name = '';
  let data = [];
  let id = '';

  const line = text => {
    if (text === '') {
      if (data.length > 0) onEvent({ name: name || 'message', data: data.join('\n'), id });
      name = '';
      data = [];
      return;
    }

    const colon = text.indexOf(':');
    if (colon === 0) return;
    const key = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (key === 'event') name = value;
    else if (key === 'data') data.push(value);
    else if (key === 'id') id = value;
  };

  return text => {
    rest += text;
    // A carriage return at the very end may be half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const each of lines) line(each);
  };
}
