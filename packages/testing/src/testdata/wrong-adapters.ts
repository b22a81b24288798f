import { createReceiver, type Outcome, type ReceivedRequest, type Receiver, toAnswer } from '@twenty-webhooks/core';
import { nodeBody, writeAnswer } from '@twenty-webhooks/core/node';
import type { AdapterFixture } from '../adapter-suite/fixture.ts';
import { createNodeFixture, type ParsedMessage, readAll, type Serve } from './node-fixture.ts';

/** Adapters as people write them. Each is wrong in one way, which its name says. */
export const wrongAdapters = {
  reserialises: withBody(async (request) => {
    const text = String(await readAll(request));
    try {
      return Buffer.from(JSON.stringify(JSON.parse(text)));
    } catch {
      return Buffer.from(text);
    }
  }),

  decodesToText: withBody(async (request) => Buffer.from((await readAll(request)).toString('utf8'))),

  decodesChunksToText: withBody(async (request) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return Buffer.from(text);
  }),

  buffersEverything: withBody(async (request) => readAll(request)),

  raisesTheSizeLimit: createNodeFixture({
    change: (options) => ({ ...options, maxBodyBytes: 1_000_000_000 }),
    mount: (receiver) => async (request, response) => {
      writeAnswer(response, toAnswer(await receive(receiver, request, await readAll(request))));
    },
  }),

  ignoresTheSizeLimit: fixtureOf((receiver) => (request, response) => {
    const body = nodeBody(request);
    const unlimited: ReceivedRequest['body'] =
      typeof body === 'function' ? ({ timeoutMs }) => body({ maxBytes: 1_000_000_000, timeoutMs }) : body;
    // Without its content-length, so that only the reading could have stopped it.
    const { 'content-length': _, ...headers } = request.headers;
    void receive(receiver, request, unlimited, headers).then((outcome) => writeAnswer(response, toAnswer(outcome)));
  }),

  ignoresTheTimeLimit: fixtureOf((receiver) => (request, response) => {
    const body = nodeBody(request);
    const patient: ReceivedRequest['body'] =
      typeof body === 'function' ? ({ maxBytes }) => body({ maxBytes, timeoutMs: 60_000 }) : body;
    void receive(receiver, request, patient).then((outcome) => writeAnswer(response, toAnswer(outcome)));
  }),

  answersBeforeVerifying: fixtureOf((receiver) => (request, response) => {
    writeAnswer(response, {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"status":"handled"}',
    });
    void receive(receiver, request);
  }),

  swallowsFailures: withOutcome((outcome) => {
    const answer = toAnswer(outcome);
    return answer.status < 500 ? answer : { ...answer, status: 200 };
  }),

  acceptsWhileBusy: withOutcome((outcome) => {
    const answer = toAnswer(outcome);
    return outcome.status === 'busy' ? { ...answer, status: 200 } : answer;
  }),

  explainsErrorsToTheSender: withOutcome((outcome) => {
    if (outcome.status !== 'failed') return toAnswer(outcome);
    return { ...toAnswer(outcome), body: JSON.stringify({ error: outcome.code, message: String(outcome.cause) }) };
  }),

  countsCharacters: fixtureOf((receiver) => (request, response) => {
    void receive(receiver, request).then((outcome) => {
      const { status, headers, body } = toAnswer(outcome);
      response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
    });
  }),

  neverCloses: withOutcome((outcome) => {
    const { connection: _, ...headers } = toAnswer(outcome).headers;
    return { ...toAnswer(outcome), headers };
  }),

  takesTheFirstOfRepeatedHeaders: fixtureOf((receiver) => (request, response) => {
    const headers = Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.[0]]),
    );
    void receive(receiver, request, nodeBody(request), headers).then((outcome) =>
      writeAnswer(response, toAnswer(outcome)),
    );
  }),

  looksAtTheContentType: fixtureOf((receiver) => (request, response) => {
    const isJson = request.headers['content-type'] === 'application/json';
    void receive(receiver, request, isJson ? nodeBody(request) : new Uint8Array()).then((outcome) =>
      writeAnswer(response, toAnswer(outcome)),
    );
  }),

  hangsOnParsedBodies: createNodeFixture({
    variants: ['json-parser-first'],
    mount: (receiver) => (request, response) => {
      const body = new Promise<Uint8Array>((resolve) => request.on('end', () => resolve(new Uint8Array())));
      void receive(receiver, request, () => body).then((outcome) => writeAnswer(response, toAnswer(outcome)));
    },
  }),

  reserialisesParsedBodies: createNodeFixture({
    variants: ['json-parser-first'],
    mount: (receiver) => (request, response) => {
      const body = Buffer.from(JSON.stringify(request.body));
      void receive(receiver, request, body).then((outcome) => writeAnswer(response, toAnswer(outcome)));
    },
  }),

  ownsEveryPath: createNodeFixture({
    isEndpoint: () => true,
    mount: (receiver) => (request, response) => {
      void receive(receiver, request).then((outcome) => writeAnswer(response, toAnswer(outcome)));
    },
  }),

  dropsTheUrl: fixtureOf((receiver) => (request, response) => {
    const { method = '', headers } = request;
    const received = receiver.receive({ method, url: '/', headers, body: nodeBody(request) });
    void received.then((outcome) => writeAnswer(response, toAnswer(outcome)));
  }),

  logsBodies: withBody(async (request) => {
    const body = await readAll(request);
    consoleOfNow().log('got', String(body));
    return body;
  }),

  logsEveryRefusal: withOutcome((outcome) => {
    if (outcome.status === 'rejected') consoleOfNow().warn(outcome.code);
    return toAnswer(outcome);
  }),

  leavesRejections: fixtureOf((receiver) => async (request, response) => {
    const answer = toAnswer(await receive(receiver, request, await readAll(request)));
    writeAnswer(response, answer);
  }),

  letsStrangersThrough: createNodeFixture({
    variants: ['verify-only'],
    mount: (receiver) => async (request, response) => {
      const body = await readAll(request);
      const outcome = await receive(receiver, request, body);
      if (outcome.status === 'rejected' && outcome.code !== 'SIGNATURE_MISMATCH')
        return writeAnswer(response, toAnswer(outcome));
      const { event, id } =
        'event' in outcome && outcome.event ? outcome.event : { event: 'person.created', id: 'evt_' };
      const headers = { 'content-type': 'application/json' };
      writeAnswer(response, { status: 200, headers, body: JSON.stringify({ event, id }) });
    },
  }),

  forgetsOptions: createNodeFixture({
    mount: () => {
      const receiver = createReceiver({ secret: 'another', logger: { warn() {}, error() {} } });
      return (request, response) => {
        void receive(receiver, request).then((outcome) => writeAnswer(response, toAnswer(outcome)));
      };
    },
  }),
} satisfies Record<string, AdapterFixture>;

const consoleOfNow = (): Console => globalThis.console;

function fixtureOf(mount: (receiver: Receiver) => Serve): AdapterFixture {
  return createNodeFixture({ mount });
}

function receive(
  receiver: Receiver,
  request: ParsedMessage,
  body: ReceivedRequest['body'] = nodeBody(request),
  headers: ReceivedRequest['headers'] = request.headers,
): Promise<Outcome> {
  const { method = '', url = '' } = request;
  return receiver.receive({ method, url, headers, body });
}

/** Hands over other bytes than the received ones. */
function withBody(read: (request: ParsedMessage) => Promise<Uint8Array>): AdapterFixture {
  return fixtureOf((receiver) => async (request, response) => {
    const { 'content-length': _, ...headers } = request.headers;
    writeAnswer(response, toAnswer(await receive(receiver, request, await read(request), headers)));
  });
}

/** Answers something else than the outcome says. */
function withOutcome(answer: (outcome: Outcome) => ReturnType<typeof toAnswer>): AdapterFixture {
  return fixtureOf((receiver) => (request, response) => {
    void receive(receiver, request).then((outcome) => writeAnswer(response, answer(outcome)));
  });
}
