// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const compactForm = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export const count = n => whole.format(n ?? 0);
export const compact = n => compactForm.format(n ?? 0);
export const items = n => `${count(n)} ${n === 1 ? 'item' : 'items'}`;

/** 812/s, 3.4/s, 0.02/s. */
export function perSecond(n) {
  n ??= 0;
  return `${(n >= 100 ? whole : n >= 1 || n === 0 ? oneDigit : twoDigits).format(n)}/s`;
}

/** A share that says 0% only of nothing and 100% only of all: a run with one item to go is not done. */
export function percent(part, of) {
  if (!of) return '0%';
  const share = 100 * part / of;
  if (part > 0 && share < 0.1) return '<0.1%';
  return `${share < 10 || share > 99 ? Math.floor(share * 10) / 10 : Math.floor(share)}%`;
}

export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return '';
  if (milliseconds > 0 && milliseconds < 0.05) return '<0.1 ms';
  if (milliseconds < 1000) return `${milliseconds < 10 ? oneDigit.format(milliseconds) : whole.format(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds < 10 ? oneDigit.format(seconds) : whole.format(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const unitMilliseconds = { us: 0.001, ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 36e5, d: 864e5 };

/** Milliseconds of a duration of the API, which writes 1.02:03:04.5 or 1m30s; null: it is neither. */
export function parseDuration(text) {
  if (!text) return null;
  const clocked = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text);
  if (clocked) return ((Number(clocked[1] ?? 0) * 24 + Number(clocked[2])) * 60 + Number(clocked[3])) * 6e4 + Number(clocked[4]) * 1e3;
  const parts = [...text.matchAll(/([\d.]+) ?(us|ms|min|s|m|h|d)/g)];
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + Number(part[1]) * unitMilliseconds[part[2]], 0);
}

/** `{ number, unit }` of a rate such as 3000/min; null: there is none. */
export function parseRate(text) {
  const match = /^([\d.]+(?:e[+-]?\d+)?) ?(?:\/|per) ?(s|min|m|h|d)/i.exec(text ?? '');
  return match ? { number: Number(match[1]), unit: match[2] === 'm' ? 'min' : match[2] } : null;
}

/** Times a second of a rate; null: there is none. */
export function ratePerSecond(text) {
  const rate = parseRate(text);
  return rate && rate.number / (unitMilliseconds[rate.unit] / 1e3);
}

export function bytes(n) {
  return n < 1024 ? `${n} B` : n < 1048576 ? `${oneDigit.format(n / 1024)} KiB` : `${oneDigit.format(n / 1048576)} MiB`;
}

export const hourAndMinute = milliseconds => clock.format(milliseconds).slice(0, 5);
export const timeOfDay = milliseconds => clock.format(milliseconds);

export function ago(iso) {
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  const [size, unit] = Math.abs(seconds) < 60 ? [1, 'second'] : Math.abs(seconds) < 3600 ? [60, 'minute'] : Math.abs(seconds) < 86400 ? [3600, 'hour'] : [86400, 'day'];
  return relative.format(Math.round(seconds / size), unit);
}

/** Makes a time element tell a moment: in full, or how long ago with the moment as its title. */
export function setTime(element, iso, { short = false } = {}) {
  const full = dateTime.format(Date.parse(iso));
  const text = short ? ago(iso) : full;
  if (element.dateTime !== iso) { element.dateTime = iso; element.title = full; }
  if (element.textContent !== text) element.textContent = text;
}

/** A name in words: completedWithFailures or AllItemsSettled becomes "All items settled". */
export function inWords(name) {
  const text = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
