import { describe, expect, it } from 'vitest';
import type { Finding } from './finding.ts';
import type { JudgedProbe } from './judge.ts';
import { report } from './report.ts';
import { columnsOf, wrap } from './wrap.ts';

const style = (name: string, text: string): string => `<${name}>${text}</>`;
const row: JudgedProbe = {
  name: 'server-format',
  sent: 'person.created',
  status: 200,
  durationMs: 1_234,
  verdict: 'ok',
  twenty: 'delivered',
  fix: '',
};
const slow: Finding = {
  code: 'too-slow',
  verdict: 'fault',
  probes: [],
  twenty: '',
  fix: 'Be quick. '.repeat(12).trim(),
};
const get: Finding = { code: 'get-acknowledged', verdict: 'warning', probes: [], twenty: '', fix: 'Refuse.' };

describe('the report', () => {
  it('says Healthy', () => {
    const lines = report({ style, columns: 80 }, { probes: [row], findings: [], isCutShort: false });
    expect(lines).toEqual([
      '  <dim>probe                   came back     what Twenty would make of it</>',
      '<green>✓</> person.created          200, 1.2 s    delivered',
      '',
      '<green>Healthy</>: nothing that loses events, nothing that lets forgeries in.',
    ]);
  });

  it('counts faults and warnings, faults first, each with its fix', () => {
    const lines = report({ style, columns: 80 }, { probes: [], findings: [get, slow], isCutShort: true });
    expect(lines.slice(1)).toEqual([
      '',
      'Cut short: it takes so long to answer that probes were sent at once.',
      '',
      '<red>1 fault</>, <yellow>1 warning</>:',
      '<red>✗</> <bold>too-slow:</> Be quick. Be quick. Be quick. Be quick. Be quick. Be quick. Be',
      '  quick. Be quick. Be quick. Be quick. Be quick. Be quick.',
      '<yellow>!</> <bold>get-acknowledged:</> Refuse.',
    ]);
  });

  it('has one row for all forgeries that were refused alike, and says a text once', () => {
    const forged = { ...row, status: 401, twenty: 'refused' };
    const failed = { ...row, verdict: 'fault', fault: 'too-slow', twenty: 'lost' } as const;
    const probes: readonly JudgedProbe[] = [
      { ...forged, name: 'tampered', sent: 'one' },
      { ...forged, name: 'unsigned', status: 500, verdict: 'warning', fault: 'errors-on-forgeries', sent: 'two' },
      { ...forged, name: 'stale', sent: 'old' },
      { ...forged, name: 'wrong-secret', durationMs: 5_000, sent: 'three' },
      { ...failed, name: 'large-150-kb', sent: 'four' },
      { ...failed, name: 'large-2-mb', sent: 'five' },
    ];
    const lines = report(
      { style: (_name, text) => text, columns: 80 },
      { probes, findings: [slow], isCutShort: false },
    );
    expect(lines.slice(1, 6)).toEqual([
      '✓ forged, 2 kinds         401, 5.0 s    refused',
      '! two                     500, 1.2 s    errors-on-forgeries: refused',
      '✓ old                     401, 1.2 s    refused',
      '✗ four                    200, 1.2 s    too-slow: lost',
      '✗ five                    200, 1.2 s    too-slow: as above',
    ]);
  });

  it.each([60, 80, 200])('fits %s columns', (columns) => {
    const probes = [
      { ...row, failure: 'DEPTH_ZERO_SELF_SIGNED_CERT', sent: 'x'.repeat(50), twenty: 'long '.repeat(60) },
    ];
    const lines = report({ style: (_name, text) => text, columns }, { probes, findings: [slow], isCutShort: true });
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
  });
});

describe('wrapping', () => {
  it('breaks at spaces, and within words only if it must', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('metadata.objectMetadata', 10)).toEqual(['metadata.o', 'bjectMetad', 'ata']);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('sets cells side by side', () => {
    expect(columnsOf(['a b', 'c'], [1, 3])).toEqual(['a  c', 'b']);
  });
});
