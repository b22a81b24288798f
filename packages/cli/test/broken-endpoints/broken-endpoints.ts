import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { endpointWith, nameOf } from './right-endpoint.ts';

/** What is wrong with it, the one fault that doctor must name, and the endpoint. */
export type BrokenEndpoint = readonly [what: string, fault: string, create: () => RequestListener];

/** Ten mistakes that people make; each endpoint is right but for one. The one that is slow takes a test of its own. */
export const brokenEndpoints: readonly BrokenEndpoint[] = [
  ['verifies JSON that it wrote itself', 're-serialises', reserialising],
  ['ignores the signature', 'ignores-signature', () => endpointWith({ isGenuine: () => true })],
  ['ignores staleness', 'ignores-staleness', () => endpointWith({ isFresh: () => true })],
  ['dedupes by nonce', 'dedupes-by-nonce', dedupingByNonce],
  ['answers 200 on failure', 'acknowledges-failures', () => endpointWith({ failureStatus: 200 })],
  ...[301, 302, 307, 308].map(
    (status) => [`redirects with ${status}`, 'redirects', () => redirecting(status)] as const,
  ),
  ['takes 100 kB', 'body-limit', smallParser],
  ['fails on metadata events', 'fails-on-metadata', () => endpointWith({ handle: readRecord })],
  ['answers 500 to events that it does not know', 'fails-on-unknown', () => endpointWith({ handle: onlyKnown })],
];

export const slowEndpoint = (): RequestListener => endpointWith({ handle: () => sleep(5_500) });

/** As in the guide. */
function reserialising(): RequestListener {
  return endpointWith({
    parser: express.json({ limit: '5mb' }),
    bytesOf: ({ body }) => Buffer.from(JSON.stringify(body)),
  });
}

function dedupingByNonce(): RequestListener {
  return endpointWith({
    keyOf: (request, event) => request.get('x-twenty-webhook-nonce') ?? String((event as { readonly id?: unknown }).id),
  });
}

/** What Express has unless somebody says otherwise. */
function smallParser(): RequestListener {
  const raw = new WeakMap<object, Buffer>();
  return endpointWith({
    parser: express.json({ verify: (request, _response, bytes) => void raw.set(request, bytes) }),
    bytesOf: (request) => raw.get(request) ?? Buffer.alloc(0),
  });
}

function redirecting(status: number): RequestListener {
  const app = endpointWith();
  return (request, response) => {
    if (request.url === '/webhooks/twenty/') return app(request, response);
    response.writeHead(status, { location: '/webhooks/twenty/' }).end();
  };
}

function readRecord(event: object): unknown {
  const { record, data } = event as { readonly record?: { readonly id: string }; readonly data?: object };
  // The error that everybody knows: there is no record.
  return 'eventName' in event ? (record as { readonly id: string }).id : data;
}

function onlyKnown(event: object): void {
  if (!/^(person|company)\./.test(nameOf(event))) throw new Error('Unknown event');
}
