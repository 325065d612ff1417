// A small line chart over time, drawn by hand as SVG. What it shows is also said in a sentence, and is in a table for who asks for it.
import { h, newId, setAttribute, setText, show } from './dom.js';
import { hourAndMinute, timeOfDay } from './format.js';

const height = 170;
const margin = { top: 12, right: 12, bottom: 22, left: 48 };
/** Room for marks at the ends of lines. */
const markRoom = 28;
const tableRows = 60;

/**
 * `series` are `{ name, tone, value(sample), step?, area?, mark? }`; a value of undefined is a gap. `format` writes a value. `onPoint(time)` is called
 * with the moment that is pointed at, so that several charts can show the same one, by `point(time)`.
 */
export function lineChart({ title, series, format, onPoint, signal }) {
  const heading = newId('chart');
  const words = h('p', { class: 'chart-words' });
  const grid = h('g', { class: 'grid' });
  const lines = series.map(each => ({
    ...each,
    area: each.area ? h('path', { class: 'area', 'data-tone': each.tone }) : null,
    path: h('path', { class: each.step ? 'line step' : 'line', 'data-tone': each.tone }),
    text: each.mark ? h('text', { class: 'mark', 'data-tone': each.tone }, each.mark) : null,
  }));
  const cursor = h('line', { class: 'cursor', y1: margin.top, y2: height - margin.bottom, visibility: 'hidden' });
  const svg = h('svg', { class: 'chart', role: 'img', height, width: '100%' },
    grid, lines.map(line => line.area).filter(Boolean), lines.map(line => line.path), lines.map(line => line.text).filter(Boolean), cursor);
  const legend = h('ul', { class: 'chart-legend' }, series.map(each =>
    h('li', {}, h('span', { class: each.step ? 'line-swatch step' : 'line-swatch', 'data-tone': each.tone, 'aria-hidden': 'true' }), each.name)));
  const table = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${title}, table` });
  const details = h('details', { on: { toggle: () => drawTable() } }, h('summary', {}, 'As a table', h('span', { class: 'unseen' }, `: ${title}`)), table);
  const element = h('div', { class: 'chart-box', role: 'group', 'aria-labelledby': heading },
    h('h3', { id: heading }, title), words, svg, legend, details);
  const empty = 'Nothing has been measured yet.';
  let samples = [];
  let scale = null;
  let pointed = null;

  function draw() {
    const width = svg.clientWidth;
    if (width === 0) return;
    scale = scaleOf(samples, series, width);
    drawGrid(grid, scale, format, width);
    for (const line of lines) {
      const d = pathOf(samples, line.value, scale, line.step);
      setAttribute(line.path, 'd', d);
      if (line.area) setAttribute(line.area, 'd', areaOf(samples, line.value, scale));
    }

    placeMarks(lines.filter(line => line.text), samples, scale);
    drawCursor();
    if (details.open) drawTable();
  }

  function drawCursor() {
    const sample = pointed === null ? null : nearest(samples, pointed);
    if (sample && scale) {
      const x = scale.x(sample.time);
      setAttribute(cursor, 'x1', x);
      setAttribute(cursor, 'x2', x);
    }

    setAttribute(cursor, 'visibility', sample ? 'visible' : 'hidden');
    const text = sample ? valuesAt(sample) : samples.length > 0 ? summary(samples, series, format) : empty;
    setText(words, text);
    if (!sample) setAttribute(svg, 'aria-label', `${title}: ${text}`);
  }

  const valuesAt = sample => `${timeOfDay(sample.time)}: ${series.map(each => {
    const value = each.value(sample);
    return value === undefined ? null : `${each.name} ${format(value)}`;
  }).filter(Boolean).join(', ')}`;

  function drawTable() {
    if (!details.open) return;
    const every = Math.ceil(samples.length / tableRows);
    const rows = samples.filter((_, index) => (samples.length - 1 - index) % every === 0).reverse();
    table.replaceChildren(h('table', {},
      h('thead', {}, h('tr', {}, ['Time', ...series.map(each => each.name)].map(name => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, rows.map(sample => h('tr', {}, h('th', { scope: 'row' }, timeOfDay(sample.time)),
        series.map(each => h('td', { class: 'number' }, each.value(sample) === undefined ? '–' : format(each.value(sample)))))))));
  }

  svg.addEventListener('pointermove', event => {
    if (scale) onPoint(scale.time(event.clientX - svg.getBoundingClientRect().left));
  });
  svg.addEventListener('pointerleave', () => onPoint(null));
  const sizes = new ResizeObserver(draw);
  sizes.observe(svg);
  signal.addEventListener('abort', () => sizes.disconnect());
  return {
    element,
    update(to) {
      samples = to;
      show(legend, samples.length > 0);
      draw();
    },
    point(time) {
      pointed = time;
      drawCursor();
    },
  };
}

function scaleOf(samples, series, width) {
  const first = samples[0]?.time ?? 0;
  const last = Math.max(samples.at(-1)?.time ?? 1, first + 10_000);
  let top = 0;
  for (const sample of samples) for (const each of series) top = Math.max(top, each.value(sample) ?? 0);
  const step = niceStep(top / 3);
  const max = Math.max(step, Math.ceil(top / step) * step);
  const right = margin.right + (series.some(each => each.mark) ? markRoom : 0);
  const inner = { width: width - margin.left - right, height: height - margin.top - margin.bottom };
  return {
    first, last, max, step,
    end: width - right,
    x: time => Math.round((margin.left + inner.width * (time - first) / (last - first)) * 10) / 10,
    y: value => Math.round((margin.top + inner.height * (1 - value / max)) * 10) / 10,
    time: x => first + (last - first) * (x - margin.left) / inner.width,
  };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough) {
  if (!(rough > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find(factor => factor * power >= rough) ?? 10);
}

function drawGrid(grid, scale, format, width) {
  const parts = [];
  for (let value = 0; value <= scale.max * 1.001; value += scale.step) {
    const y = Math.round(scale.y(value)) + 0.5;
    parts.push(h('line', { x1: margin.left, x2: scale.end, y1: y, y2: y }), h('text', { x: margin.left - 6, y: y + 4, 'text-anchor': 'end' }, format(value)));
  }

  const wanted = Math.max(1, Math.floor((scale.end - margin.left) / 62));
  const step = [10, 30, 60, 120, 300, 600].find(seconds => (scale.last - scale.first) / 1000 / seconds <= wanted) ?? 1800;
  for (let time = Math.ceil(scale.first / 1000 / step) * step * 1000; time <= scale.last; time += step * 1000) {
    const x = scale.x(time);
    const anchor = x > width - 30 ? 'end' : 'middle';
    parts.push(h('text', { x, y: height - 5, 'text-anchor': anchor }, step < 60 ? timeOfDay(time) : hourAndMinute(time)));
  }

  grid.replaceChildren(...parts);
}

function pathOf(samples, value, scale, step) {
  let d = '';
  let broken = true;
  for (const sample of samples) {
    const now = value(sample);
    if (now === undefined) { broken = true; continue; }
    const [x, y] = [scale.x(sample.time), scale.y(now)];
    d += broken ? `M${x} ${y}` : step ? `H${x}V${y}` : `L${x} ${y}`;
    broken = false;
  }

  return d;
}

function areaOf(samples, value, scale) {
  if (samples.length < 2) return '';
  const floor = scale.y(0);
  return `M${scale.x(samples[0].time)} ${floor}${samples.map(sample => `L${scale.x(sample.time)} ${scale.y(value(sample) ?? 0)}`).join('')}L${scale.x(samples.at(-1).time)} ${floor}Z`;
}

// From the top down, each a line's height below the one before at least: values that are close must not make their marks unreadable.
function placeMarks(lines, samples, scale) {
  const last = samples.at(-1);
  const placed = lines.map(line => ({ text: line.text, value: last && line.value(last) })).sort((one, other) => other.value - one.value);
  let lowest = -Infinity;
  for (const { text, value } of placed) {
    setAttribute(text, 'visibility', value === undefined ? 'hidden' : 'visible');
    if (value === undefined) continue;
    lowest = Math.max(lowest + 12, scale.y(value) + 4);
    setAttribute(text, 'x', scale.end + 5);
    setAttribute(text, 'y', lowest);
  }
}

function nearest(samples, time) {
  let best = null;
  for (const sample of samples) if (!best || Math.abs(sample.time - time) < Math.abs(best.time - time)) best = sample;
  return best;
}

function summary(samples, series, format) {
  const last = samples.at(-1);
  const now = series.filter(each => each.value(last) !== undefined).map(each => `${each.name} ${format(each.value(last))}`);
  const all = samples.map(series[0].value).filter(value => value !== undefined);
  if (all.length === 0) return 'Not measured.';
  const range = `${series[0].name} from ${format(Math.min(...all))} to ${format(Math.max(...all))}`;
  return `${now.join(', ')}; ${range} since ${timeOfDay(samples[0].time)}.`;
}
