// What a run waits for, in words an operator can act on.
import { h, section, setText, show } from './dom.js';
import { hasEnded } from './run-progress.js';
import { stackedBar } from './stacked-bar.js';

const causes = {
  handlers: ['1', 'working on items'],
  rate: ['2', 'the run’s own rate; raise it to go faster'],
  key: ['5', 'items wait for others with the same key'],
  'retry back-off': ['6', 'failed items wait to be tried again'],
  'back-off': ['7', 'the other side asked to slow down'],
  adaptive: ['9', 'fewer in flight work better at present'],
  paused: ['8', 'nothing new starts until it is resumed'],
  source: ['10', 'the source is being read or counted'],
  engine: ['4', 'Fanout’s own work: starting, writing, recording'],
};

const endings = {
  'handlers to end': 'Nothing new starts; what is in flight is coming to its end.',
  announcing: 'It has ended and is being announced.',
};

export function waitsSection() {
  const words = h('p', { class: 'hint' });
  const bar = stackedBar({ label: 'What it is waiting for', inside: true, explained: true });
  const element = section('What is it waiting for?', {}, words, bar.element);
  return {
    element,
    update(view) {
      const progress = view.progress;
      const waits = progress?.waits ?? [];
      setText(words, endings[progress?.waitingFor]
        ?? (waits.length > 0 ? 'Where the time of its places went in the last seconds.' : hasEnded(view) ? 'Nothing: it has ended.' : 'Not known yet.'));
      show(bar.element, waits.length > 0);
      bar.update(waits.map(({ cause, percent }) => {
        const [tone, hint] = causes[cause] ?? (cause.startsWith('limit ') ? ['3', 'shared with other runs'] : ['8', '']);
        return { key: cause, label: cause, value: percent, text: `${percent}%`, tone, hint };
      }), 100);
    },
  };
}
