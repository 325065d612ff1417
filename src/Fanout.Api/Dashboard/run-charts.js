import { lineChart } from './chart.js';
import { h, onceAFrame, section, setText, show } from './dom.js';
import { compact, duration, perSecond, ratePerSecond } from './format.js';

/** As many as the server keeps: 15 minutes of one a second. */
const mostSamples = 900;

const rateText = value => value >= 1000 ? `${compact(value)}/s` : perSecond(value);

export function chartsSection(signal, events) {
  const samples = [];
  let over = false;
  const onPoint = time => charts.forEach(chart => chart.point(time));
  const latency = name => sample => sample.latency?.[name];
  const charts = [
    lineChart({
      title: 'Throughput', format: rateText, onPoint, signal,
      series: [
        { name: 'settled', tone: '1', area: true, value: sample => sample.itemsPerSecond },
        { name: 'rate limit', tone: '3', step: true, value: sample => sample.perSecond },
      ],
    }),
    lineChart({
      title: 'In flight', format: compact, onPoint, signal,
      series: [
        { name: 'in flight', tone: '4', area: true, value: sample => sample.inFlight },
        { name: 'concurrency', tone: '3', step: true, value: sample => sample.concurrency },
      ],
    }),
    lineChart({
      title: 'Latency', format: duration, onPoint, signal,
      series: [
        { name: 'median', mark: 'p50', tone: '1', value: latency('p50') },
        { name: '90th percentile', mark: 'p90', tone: '2', value: latency('p90') },
        { name: '99th percentile', mark: 'p99', tone: '5', value: latency('p99') },
      ],
    }),
  ];
  const note = h('p', { class: 'hint' });
  const latencies = charts.at(-1);
  const element = section('Over time', {}, note, h('div', { class: 'charts' }, charts.map(chart => chart.element)));
  const frame = onceAFrame(draw);
  signal.addEventListener('abort', frame.cancel);
  if (!events) setText(note, 'This server sends no events: the page asks every two seconds.');

  function draw() {
    // Of a run that ended long ago nothing is kept that could be drawn.
    show(element, samples.length > 0 || !over);
    // Not every server measures it.
    show(latencies.element, samples.some(sample => sample.latency));
    for (const chart of charts) chart.update(samples);
  }

  return {
    element,
    add(sample) {
      const time = Date.parse(sample.at);
      // After a reconnection the server may send again what is known already.
      if (samples.length > 0 && time <= samples.at(-1).time) return;
      samples.push({ ...sample, time, perSecond: ratePerSecond(sample.rate) ?? undefined });
      if (samples.length > mostSamples) samples.shift();
      frame.request();
    },
    draw,
    /** No more are to come. */
    end() {
      over = true;
      frame.request();
    },
  };
}
