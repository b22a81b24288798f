import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ProbeName } from '../src/doctor/probe.ts';
import { slowEndpoint } from './broken-endpoints/broken-endpoints.ts';
import { dyingEndpoint, type IsDeadly } from './broken-endpoints/dying-endpoint.ts';
import { examine } from './broken-endpoints/examine.ts';
import { endpointWith, rightSteps } from './broken-endpoints/right-endpoint.ts';

// Each of these waits most of the time.
describe.concurrent('endpoints that are slow or gone', () => {
  it('takes 5.5 s: too-slow, after two rounds', { timeout: 60_000 }, async () => {
    const { json, lines, probe } = await examine(slowEndpoint());
    expect(json).toMatchObject({ faults: ['too-slow'], warnings: [], isCutShort: true });
    expect(json.probes).toHaveLength(32);
    expect(probe('tampered')).toMatchObject({ verdict: 'ok', status: 401 });
    expect(lines.join('\n')).toContain('Cut short');
  });

  it.each([
    ['server-format', 'crashes', (signature) => signature !== ''],
    ['malformed-signature', 'crashes', (signature) => signature.includes('test-signature')],
    ['metadata-view', 'fails-on-metadata', (_signature, name) => name.startsWith('metadata.')],
  ] satisfies [ProbeName, string, IsDeadly][])(
    'dies of %s: %s, and nothing more is sent',
    async (killer, fault, isDeadly) => {
      const { json, probe, exitCode } = await examine(dyingEndpoint(isDeadly));
      expect(json).toMatchObject({ faults: [fault], warnings: [] });
      expect(probe(killer)).toMatchObject({ verdict: 'fault', fault, failure: 'ECONNRESET' });
      const later = json.probes.slice(json.probes.findIndex(({ name }) => name === killer) + 1);
      expect(later.map(({ verdict }) => verdict)).toEqual(later.map(() => 'skipped'));
      expect(exitCode).toBe(1);
    },
  );

  it('dies and comes back: crashes, and the rest is sent', async () => {
    const isDeadly: IsDeadly = (signature) => signature.includes('test-signature');
    const { json, probe } = await examine(dyingEndpoint(isDeadly, { comesBackAfterMs: 1_000 }));
    expect(json).toMatchObject({ faults: ['crashes'], warnings: [] });
    expect(probe('malformed-signature')?.twenty).toContain('gone for a moment');
    expect(probe('unknown-shape')).toMatchObject({ verdict: 'ok', status: 200 });
  });

  it('is slow at first, and takes forgeries in one of the formats: both are found', { timeout: 60_000 }, async () => {
    const { isGenuine } = rightSteps;
    const endpoint = endpointWith({
      isGenuine: (one, bytes) => !!one.get('x-twenty-signature') || isGenuine(one, bytes),
    });
    let count = 0;
    const { json, probe } = await examine((request, response) => {
      count += 1;
      setTimeout(() => endpoint(request, response), count === 1 ? 4_100 : 0);
    });
    expect(json).toMatchObject({ faults: ['ignores-signature'], isCutShort: true });
    expect(probe('tampered-envelope')).toMatchObject({ fault: 'ignores-signature' });
  });

  it('is slow, and dies of metadata while everything is sent at once', { timeout: 60_000 }, async () => {
    const server = dyingEndpoint((_signature, name) => name.startsWith('metadata.'), { firstMs: 4_100 });
    const { json } = await examine(server);
    expect(json).toMatchObject({ faults: ['crashes'], isCutShort: true });
  });

  it('fails a moment after a 200 of its own', async () => {
    const server = dyingEndpoint((_signature, name) => name === 'workspace.archived', { afterMs: 50 });
    const { json, probe } = await examine(server);
    expect(json).toMatchObject({ faults: ['crashes'], warnings: [] });
    expect(probe('control')).toMatchObject({ fault: 'crashes', failure: 'ECONNREFUSED' });
    expect(probe('unknown-shape')).toMatchObject({ verdict: 'ok', status: 200 });
  });

  it('takes half a second for everything: the rest is sent at once after some seconds', {
    timeout: 60_000,
  }, async () => {
    const endpoint = endpointWith();
    const { json } = await examine((request, response) => void setTimeout(() => endpoint(request, response), 500));
    expect(json).toMatchObject({ faults: [], warnings: [], isCutShort: true });
  });

  it('ends after its answer to 2 MB: that one is blamed, not the next', async () => {
    const endpoint = endpointWith();
    const server = createServer((request, response) => {
      if (Number(request.headers['content-length']) < 1_000_000) return endpoint(request, response);
      server.close();
      request.resume().on('end', () => response.writeHead(200, { connection: 'close' }).end());
    });
    const { json, probe } = await examine(server);
    expect(json).toMatchObject({ faults: ['body-limit'], warnings: [] });
    expect(probe('large-2-mb')).toMatchObject({ status: 200, verdict: 'fault' });
    expect(probe('unknown-event')).toMatchObject({ verdict: 'skipped' });
  });
});
