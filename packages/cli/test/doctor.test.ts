import { createServer, type RequestListener } from 'node:http';
import { startTestServer } from '@twenty-webhooks/testing';
import express, { type Request } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pythonJson } from '../src/doctor/odd-json.ts';
import type { ProbeName } from '../src/doctor/probe.ts';
import { brokenEndpoints, slowEndpoint } from './broken-endpoints/broken-endpoints.ts';
import { dyingEndpoint, type IsDeadly } from './broken-endpoints/dying-endpoint.ts';
import { examine } from './broken-endpoints/examine.ts';
import { endpointWith, nameOf, rightSteps, type Steps } from './broken-endpoints/right-endpoint.ts';

describe('ten broken endpoints, told apart', () => {
  it('finds nothing at the right one that they are made from', async () => {
    const { json, exitCode, lines } = await examine(endpointWith());
    expect(json).toMatchObject({ healthy: true, faults: [], warnings: [], isCutShort: false });
    expect(json.probes.map(({ verdict }) => verdict)).toEqual(json.probes.map(() => 'ok'));
    expect(json.probes).toHaveLength(22);
    expect(exitCode).toBe(0);
    expect(lines.at(-1)).toMatch(/^Healthy/);
  });

  it.each(brokenEndpoints)('%s: %s and nothing else', async (_what, fault, create) => {
    const { json, exitCode, lines } = await examine(create());
    expect(json).toMatchObject({ healthy: false, faults: [fault], warnings: [] });
    expect(exitCode).toBe(1);
    expect(lines.join('\n')).toMatch(new RegExp(`1 fault:\n✗ ${fault}: \\S`));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

// Each of these waits most of the time.
describe.concurrent('endpoints that are slow or gone', () => {
  it('takes 5.5 s: too-slow, after two rounds', { timeout: 30_000 }, async () => {
    const { json, lines, probe } = await examine(slowEndpoint());
    expect(json).toMatchObject({ faults: ['too-slow'], warnings: [], isCutShort: true });
    expect(json.probes).toHaveLength(21);
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
    const { json, probe } = await examine(dyingEndpoint(isDeadly, { comesBackAfterMs: 300 }));
    expect(json).toMatchObject({ faults: ['crashes'], warnings: [] });
    expect(probe('malformed-signature')?.twenty).toContain('gone for a moment');
    expect(probe('unknown-shape')).toMatchObject({ verdict: 'ok', status: 200 });
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

describe('other mistakes', () => {
  const { isGenuine } = rightSteps;
  const signatureOf = (request: Request): string | undefined =>
    request.get('x-twenty-webhook-signature') ?? request.get('x-twenty-signature');
  const isEnvelope = (request: Request): boolean => request.get('x-twenty-webhook-timestamp') === undefined;

  it.each<[what: string, faults: readonly string[], warnings: readonly string[], change: Partial<Steps>]>([
    [
      'takes what is not signed',
      ['accepts-unsigned'],
      [],
      { isGenuine: (request, bytes) => signatureOf(request) === undefined || isGenuine(request, bytes) },
    ],
    [
      'looks whether there is a signature, no more',
      ['ignores-signature'],
      [],
      { isGenuine: (request) => signatureOf(request) !== undefined },
    ],
    [
      'verifies one of the formats only, and takes both',
      ['ignores-signature'],
      [],
      { isGenuine: (request, bytes) => !!request.get('x-twenty-signature') || isGenuine(request, bytes) },
    ],
    [
      'knows what the guide says, no more',
      ['server-format-rejected'],
      [],
      { isGenuine: (request, bytes) => isEnvelope(request) && isGenuine(request, bytes) },
    ],
    [
      'does not know what the guide says',
      [],
      ['envelope-format-rejected'],
      { isGenuine: (request, bytes) => !isEnvelope(request) && isGenuine(request, bytes) },
    ],
    [
      'verifies JSON that Python wrote again',
      ['re-serialises'],
      [],
      { parser: express.json({ limit: '5mb' }), bytesOf: ({ body }) => Buffer.from(pythonJson(body)) },
    ],
    ['has another secret', ['rejects-genuine'], [], { isGenuine: () => false }],
    ['fails always', ['rejects-genuine'], [], { handle: () => Promise.reject(new Error('broken')) }],
    [
      'takes what comes from the future',
      [],
      ['ignores-staleness'],
      { isFresh: (timestampMs) => Date.now() - timestampMs < 300_000 },
    ],
    [
      'knows the same request again, but not the same event',
      [],
      ['misses-duplicates'],
      { keyOf: (request, event) => signatureOf(request) ?? nameOf(event) },
    ],
  ])('%s', async (_what, faults, warnings, change) => {
    const { json, exitCode } = await examine(endpointWith(change));
    expect({ faults: json.faults, warnings: json.warnings }).toEqual({ faults, warnings });
    expect(exitCode).toBe(faults.length === 0 ? 0 : 1);
  });

  it('handles companies only: --event says so', async () => {
    const handle = (event: object): void => {
      if (!nameOf(event).startsWith('company.')) throw new Error('Unknown event');
    };
    const { json } = await examine(endpointWith({ handle }));
    expect(json).toMatchObject({ faults: ['rejects-genuine'], warnings: [] });
    const companies = await examine(endpointWith({ handle }), { event: 'company.updated' });
    expect(companies.json).toMatchObject({ faults: ['fails-on-unknown'], warnings: [] });
  });

  it('says no with a 200', async () => {
    const { json } = await examine(answering((status, body) => [200, status === 200 ? body : '{"error":"no"}']));
    expect(json).toMatchObject({ faults: ['acknowledges-failures'], warnings: [] });
  });

  it('says 409 to a duplicate', async () => {
    const { json } = await examine(answering((status, body) => [body.includes('duplicate') ? 409 : status, body]));
    expect(json).toMatchObject({ faults: ['duplicate-fails'], warnings: [] });
  });

  it('says 202', async () => {
    const { json, exitCode } = await examine(answering((status, body) => [status === 200 ? 202 : status, body]));
    expect(json).toMatchObject({ faults: [], warnings: ['not-200'] });
    expect(exitCode).toBe(0);
  });

  it('says OK to all that is genuine: then nothing can be seen of what it takes for known', async () => {
    const endpoint = endpointWith({ keyOf: (request) => request.get('x-twenty-webhook-nonce') ?? '' });
    const { json, probe } = await examine(
      answering((status) => [status, 'OK'], endpoint),
      { format: 'server' },
    );
    expect(json).toMatchObject({ faults: [], warnings: [] });
    expect(probe('same-nonce')?.twenty).toBe('delivered; more cannot be seen');
    expect(probe('duplicate')?.twenty).toBe('delivered; more cannot be seen');
  });

  it('limits how many come', async () => {
    let count = 0;
    const endpoint = endpointWith();
    const { json } = await examine((request, response) => {
      count += 1;
      if (count > 5) response.writeHead(429).end();
      else endpoint(request, response);
    });
    expect(json).toMatchObject({ faults: ['rate-limits'], warnings: [] });
  });

  it('answers a GET', async () => {
    const endpoint = endpointWith();
    const { json, exitCode } = await examine((request, response) => {
      if (request.method === 'GET') response.end('up');
      else endpoint(request, response);
    });
    expect(json).toMatchObject({ faults: [], warnings: ['get-acknowledged'] });
    expect(exitCode).toBe(0);
  });
});

describe('what is no endpoint at all', () => {
  it('asks for a password, unless that is in the URL; it is not shown', async () => {
    const endpoint = endpointWith();
    const expected = `Basic ${Buffer.from('twenty:p/ss').toString('base64')}`;
    const server = await startTestServer((request, response) => {
      if (request.headers.authorization === expected) endpoint(request, response);
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="staging"' }).end();
    });
    onTestFinished(() => server.close());
    const url = `${server.origin}/webhooks/twenty`;
    const { json, lines } = await examine(url);
    expect(json).toMatchObject({ faults: ['rejects-genuine'], warnings: [] });
    expect(lines.join(' ')).toContain('asks for a');
    const passed = await examine(url.replace('//', '//twenty:p%2Fss@'));
    expect(passed.json).toMatchObject({ url, healthy: true });
    expect(JSON.stringify(passed)).not.toMatch(/p(%2F|\/)ss/);
  });

  it('has nothing at this path', async () => {
    const { json, probe } = await examine((_request, response) => void response.writeHead(404).end());
    expect(json).toMatchObject({ faults: ['rejects-genuine'], warnings: [] });
    expect(probe('server-format')?.fix).toContain('Check path and port');
  });

  it('is a web app that shows its page whatever is asked', async () => {
    const { json } = await examine((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>App</title>');
    });
    expect(json).toMatchObject({ faults: ['no-webhook-endpoint'], warnings: [] });
  });

  it('is nobody', async () => {
    const server = await startTestServer(() => {});
    await server.close();
    const { json, exitCode } = await examine(server.origin);
    expect(json).toMatchObject({ faults: ['unreachable'], healthy: false, probes: [{ failure: 'ECONNREFUSED' }] });
    expect(exitCode).toBe(3);
  });

  it('cuts every connection', async () => {
    const { json, exitCode } = await examine((request) => void request.socket.destroy());
    expect(json).toMatchObject({ faults: ['unreachable'], warnings: [] });
    expect(exitCode).toBe(3);
  });

  it('speaks no TLS', async () => {
    const server = await startTestServer(() => {});
    onTestFinished(() => server.close());
    const { json, exitCode, probe } = await examine(server.origin.replace('http:', 'https:'));
    expect(json).toMatchObject({ faults: ['unreachable'] });
    expect(probe('server-format')?.fix).toContain('http:// instead of https://');
    expect(exitCode).toBe(3);
  });

  it('shows what it says without its control characters', async () => {
    const { lines } = await examine((_request, response) => void response.writeHead(400).end('\x1b]0;owned\x07no'));
    expect(lines.join(' ')).toContain('\\x1b]0;owned\\x07no');
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });
});

/** A right endpoint whose answers are changed on their way out. */
function answering(
  change: (status: number, body: string) => readonly [status: number, body: string],
  endpoint = endpointWith(),
): RequestListener {
  return (request, response) => {
    const end = response.end.bind(response);
    response.end = ((body?: unknown) => {
      const [status, text] = change(response.statusCode, String(body ?? ''));
      response.statusCode = status;
      response.removeHeader('content-length');
      response.removeHeader('etag');
      return end(text);
    }) as typeof response.end;
    endpoint(request, response);
  };
}
