import { expect, test, vi } from 'vitest';
import { createReport } from './report.ts';
import { toResultsFile } from './results-file.ts';

const ratio = (median: number) => ({ median, quartiles: [median, median] as const });

test('every table, note and bar stands in the file, each section with its date; the short table on top', () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const first = createReport();
  first.table('speed | of', ['', 'µs'], [['a_b', '1.00 (0.90–1.10)']]);
  first.note('a note');
  first.bar({ name: 'reached one', ratio: ratio(0.9504), least: 0.95 }, { what: 'it', ours: '1 µs', beside: '2 µs' });
  first.ratio(ratio(0.5), { what: 'another', ours: '3 µs', beside: '4 µs' });
  const second = createReport();
  second.bar({ name: 'slow one', ratio: ratio(0.9496), least: 0.95 });
  second.bar({ name: 'no faster', ratio: ratio(1), least: 'faster' });

  const text = toResultsFile([
    ['one', first.result(new Date('2026-11-26T01:00:00Z'), 'Node v24 on 2 × CPU')],
    ['two', second.result(new Date('2026-11-27T01:00:00Z'), 'Node v24 on 8 × other CPU')],
  ]);
  const short = text.slice(text.indexOf('## In short'), text.indexOf('## one'));
  expect(short).toBe(`## In short

|  | ours | beside | ratio | bar |
| --- | ---: | ---: | ---: | ---: |
| it | 1 µs | 2 µs | 0.950 | at least 0.95: reached |
| another | 3 µs | 4 µs | 0.500 | – |

1 of 3 bars are reached; a ratio above 1 is faster than what it stands beside.

`);
  expect(text.slice(text.indexOf('## one'))).toBe(`## one

2026-11-26, Node v24 on 2 × CPU.

### speed \\| of

|  | µs |
| --- | ---: |
| a\\_b | 1.00 (0.90–1.10) |

a note

| bar | ratio |  |
| --- | ---: | ---: |
| reached one | 0.950 | at least 0.95: reached |

## two

2026-11-27, Node v24 on 8 × other CPU.

| bar | ratio |  |
| --- | ---: | ---: |
| slow one | 0.950 | at least 0.95: not reached |
| no faster | 1.000 | above 1: not reached |
`);
});

test('nothing was measured yet', () => {
  expect(toResultsFile([])).toContain('0 of 0 bars');
});
