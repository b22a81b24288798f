import type { IncomingMessage, ServerResponse } from 'node:http';
import { createReceiver, type Receiver, type ReceiverOptions, toAnswer } from '@twenty-webhooks/core';
import { nodeBody, toNodeHandler, writeAnswer } from '@twenty-webhooks/core/node';
import type { AdapterFixture, AdapterVariant } from '../adapter-suite/fixture.ts';
import { startTestServer } from '../test-server.ts';

export const endpoint = '/webhooks/twenty';

export type ParsedMessage = IncomingMessage & { body?: unknown; rawBody?: unknown };
export type Serve = (request: ParsedMessage, response: ServerResponse) => void;

/** Bare `node:http`: an app of 30 lines, with parsers written by hand. */
export const nodeFixture: AdapterFixture = createNodeFixture({
  variants: ['plain', 'json-parser-first', 'raw-parser-first', 'raw-body', 'verify-only'],
  mount: (receiver, variant) => (variant === 'verify-only' ? verifyOnly(receiver) : toNodeHandler(receiver)),
});

/** The same app around anything that serves the endpoint. */
export function createNodeFixture({
  mount,
  variants = ['plain'],
  change = (options) => options,
  isEndpoint = (path) => path === endpoint,
}: {
  readonly mount: (receiver: Receiver, variant: AdapterVariant) => Serve;
  readonly variants?: readonly AdapterVariant[];
  readonly change?: (options: ReceiverOptions) => ReceiverOptions;
  readonly isEndpoint?: (path: string) => boolean;
}): AdapterFixture {
  return {
    variants,
    async start(variant, options) {
      const receiver = createReceiver(change(options));
      const serve = mount(receiver, variant);
      const server = await startTestServer(async (request: ParsedMessage, response) => {
        const [path = ''] = (request.url ?? '').split('?');
        if (isEndpoint(path)) {
          await parseFirst(variant, request);
          serve(request, response);
        } else if (path === '/sibling') {
          response
            .setHeader('content-type', 'application/json')
            .end(JSON.stringify(JSON.parse(String(await readAll(request)))));
        } else {
          request.resume();
          response.end('other');
        }
      });
      return {
        url: server.origin + endpoint,
        siblingUrl: `${server.origin}/sibling`,
        otherUrl: `${server.origin}/other`,
        async close() {
          await server.close();
          await receiver.close({ graceMs: 0 });
        },
      };
    },
  };
}

async function parseFirst(variant: AdapterVariant, request: ParsedMessage): Promise<void> {
  if (variant === 'plain' || variant === 'verify-only') return;
  const bytes = await readAll(request);
  if (variant === 'raw-parser-first') request.body = bytes;
  else request.body = JSON.parse(new TextDecoder().decode(bytes));
  if (variant === 'raw-body') request.rawBody = bytes;
}

export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function verifyOnly(receiver: Receiver): Serve {
  return async (request, response) => {
    const { method = '', url = '', headers } = request;
    const outcome = await receiver.receive({ method, url, headers, body: nodeBody(request) });
    if (outcome.status !== 'ignored') return writeAnswer(response, toAnswer(outcome));
    const { event, id } = outcome.event;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ event, id }));
  };
}
