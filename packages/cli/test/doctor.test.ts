import type { RequestListener } from 'node:http';
import express, { type Request } from 'express';
import { describe, expect, it } from 'vitest';
import { pythonJson } from '../src/doctor/odd-json.ts';
import { brokenEndpoints } from './broken-endpoints/broken-endpoints.ts';
import { examine } from './broken-endpoints/examine.ts';
import { endpointWith, nameOf, rightSteps, type Steps } from './broken-endpoints/right-endpoint.ts';

// They wait too: for a moment, before the last probe.
describe.concurrent('ten broken endpoints, told apart', () => {
  it('finds nothing at the right one that they are made from', async () => {
    let examined = await examine(endpointWith());
    // A machine that is busy at this moment makes it slow.
    for (let more = 2; more > 0 && examined.json.isCutShort; more--) examined = await examine(endpointWith());
    const { json, exitCode, lines } = examined;
    expect(json).toMatchObject({ healthy: true, faults: [], warnings: [], isCutShort: false });
    expect(json.probes.map(({ verdict }) => verdict)).toEqual(json.probes.map(() => 'ok'));
    expect(json.probes).toHaveLength(33);
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

describe.concurrent('other mistakes', () => {
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

  it('sends forgeries to a login page: the rest is sent all the same', async () => {
    const endpoint = answering((status, body) => [status === 401 ? 302 : status, body]);
    const { json } = await examine(endpoint);
    expect(json).toMatchObject({ faults: [], warnings: [] });
    expect(json.probes).toHaveLength(33);
  });

  it('fails at first', async () => {
    let count = 0;
    const endpoint = endpointWith();
    const { json } = await examine((request, response) => {
      count += 1;
      if (count === 1) response.writeHead(503).end();
      else endpoint(request, response);
    });
    expect(json).toMatchObject({ faults: [], warnings: ['fails-at-first'] });
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
