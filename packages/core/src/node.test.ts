import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  request as send,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { nodeBody, toNodeHandler, writeAnswer } from './node.ts';
import type { Observation } from './observation.ts';
import type { ReceiverOptions } from './options.ts';
import type { ReadBody } from './read-body.ts';
import { createReceiver } from './receiver.ts';
import { createGate, createLog, nowMs, secret, serverBody, signTimestamped, toBytes } from './testdata/deliveries.ts';

const body = toBytes(JSON.stringify(serverBody('person.created', { note: 'é🚀' })));
const headers = { 'content-type': 'application/json', ...signTimestamped(body) };
const limits = { maxBytes: 1_000_000, timeoutMs: 5_000 };

const servers: Server[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function setup(options: Partial<ReceiverOptions> = {}) {
  const observed: Observation[] = [];
  const logger = createLog();
  const receiver = createReceiver({
    secret,
    now: () => nowMs,
    logger,
    observe: (one) => observed.push(one),
    on: { '*': () => {} },
    ...options,
  } as ReceiverOptions);
  return { receiver, observed, logger, handler: toNodeHandler(receiver) };
}

const post = (url: string, more: RequestInit = {}): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body, ...more });
const codes = (observed: readonly Observation[]): string[] =>
  observed.map((one) => ('code' in one ? one.code : one.status));

describe('toNodeHandler', () => {
  test('answers a genuine delivery, with its length', async () => {
    const response = await post(await listen(setup().handler));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'handled', id: expect.stringMatching(/^evt_/) });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(response.headers.get('connection')).not.toBe('close');
  });

  test('takes a body that comes in pieces', async () => {
    const url = await listen(setup().handler);
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < body.length; at += 7) controller.enqueue(body.slice(at, at + 7));
        controller.close();
      },
    });
    expect((await post(url, { body: stream, duplex: 'half' } as RequestInit)).status).toBe(200);
  });

  test('keeps the connection, also after a refusal', async () => {
    const ports = new Set<number | undefined>();
    const { handler } = setup();
    const url = await listen((request, response) => {
      ports.add(request.socket.remotePort);
      handler(request, response);
    });
    const agent = new Agent({ keepAlive: true });
    const ask = (more: Record<string, string>, text: Uint8Array | string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = send(url, { method: 'POST', agent, headers: more }, (response) => {
          response.resume().once('close', () => setImmediate(resolve, response.statusCode));
        });
        request.on('error', reject).end(text);
      });
    const statuses = [
      await ask(headers, body),
      await ask({}, body),
      await ask(headers, '{}'),
      await ask(headers, body),
    ];
    expect(statuses).toEqual([200, 401, 401, 200]);
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('%s is a 405', async (method) => {
    const response = await fetch(await listen(setup().handler), { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.text()).toBe(method === 'HEAD' ? '' : '{"error":"METHOD_NOT_ALLOWED"}');
  });

  test('an empty body', async () => {
    const url = await listen(setup().handler);
    const response = await post(url, { body: '' });
    expect([response.status, await response.json()]).toEqual([400, { error: 'BODY_EMPTY' }]);
  });

  test('a programming error is a 500 without a word, and a warning for the developer', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const error = new TypeError('bug in here');
    const response = await post(await listen(toNodeHandler({ receive: () => Promise.reject(error) })));
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(warning).toHaveBeenCalledExactlyOnceWith(error);
    warning.mockRestore();
  });
});

describe('a body that does not arrive as it should', () => {
  /** Send raw text, and collect what comes back until the connection ends. */
  async function talk(url: string, text: string, hangUp?: Promise<unknown>): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => {});
    socket.write(text);
    void hangUp?.then(() => socket.destroy());
    await new Promise((resolve) => socket.on('close', resolve));
    return received;
  }
  const head = (more: string) => `POST / HTTP/1.1\r\nHost: x\r\n${more}\r\n\r\n`;

  test('too slow: 408, and the connection is closed', async () => {
    const { handler, observed } = setup({ bodyTimeoutMs: 50 });
    const answer = await talk(await listen(handler), `${head('Content-Length: 100')}{"a`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toMatch(/\{"error":"BODY_TIMEOUT"\}$/);
    expect(codes(observed)).toEqual(['BODY_TIMEOUT']);
  });

  test('announced as too large: 413 before a byte of it is sent, and the connection is closed', async () => {
    const { handler } = setup({ maxBodyBytes: 1_000 });
    const answer = await talk(await listen(handler), head('Content-Length: 1001'));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/\{"error":"BODY_TOO_LARGE"\}$/);
  });

  test('too large without saying so: 413, and the sender that still writes gets the answer', async () => {
    const { handler } = setup({ maxBodyBytes: 1_000 });
    const url = await listen(handler);
    const chunk = 'a'.repeat(60_000);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = send(url, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } }, resolve);
      request.on('error', reject);
      for (let part = 0; part < 50; part++) request.write(chunk);
      request.end();
    });
    expect(response.statusCode).toBe(413);
    expect(response.headers.connection).toBe('close');
    response.resume();
  });

  test('too large, from a sender that reads nothing before it has written all: the answer waits for it', async () => {
    const { handler } = setup({ maxBodyBytes: 1_000 });
    const socket = connect(Number(new URL(await listen(handler)).port), '127.0.0.1');
    // Time goes on with what is written, not with the machine: 900 ms in all.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    socket.pause();
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    const failed = vi.fn();
    socket.on('error', failed);
    socket.write(head('Transfer-Encoding: chunked'));
    const part = 'a'.repeat(0x1000);
    for (let count = 0; count < 30; count++) {
      socket.write(`1000\r\n${part}\r\n`);
      for (let round = 0; round < 3; round++) await new Promise(setImmediate);
      vi.advanceTimersByTime(30);
    }
    socket.write('0\r\n\r\n');
    socket.resume();
    await new Promise((resolve) => socket.on('close', resolve));
    expect(received).toMatch(/^HTTP\/1\.1 413 .*\{"error":"BODY_TOO_LARGE"\}$/s);
    expect(failed).not.toHaveBeenCalled();
  });

  test('cut off: nothing is answered, nothing is left behind', async () => {
    const { handler, observed } = setup();
    const seen = createGate<IncomingMessage>();
    const url = await listen((request, response) => {
      seen.open(request);
      handler(request, response);
    });
    expect(await talk(url, `${head('Content-Length: 100')}{"a`, seen.promise)).toBe('');
    await expect.poll(() => codes(observed)).toEqual(['BODY_INCOMPLETE']);
    const request = await seen.promise;
    expect(['data', 'end', 'error'].map((name) => request.listenerCount(name))).toEqual([0, 0, 0]);
  });
});

describe('nodeBody', () => {
  /** What `nodeBody` makes of a request after somebody else had it, as text or as an error's code. */
  async function bodyAfter(
    prepare: (request: IncomingMessage & { body?: unknown; rawBody?: unknown }) => unknown,
    options?: Parameters<typeof nodeBody>[1],
    init: RequestInit = {},
  ): Promise<string> {
    const result = createGate<string>();
    const url = await listen(async (request, response) => {
      try {
        await prepare(request);
        const found = nodeBody(request, options);
        const bytes = typeof found === 'function' ? await (found as ReadBody)(limits) : found;
        result.open(new TextDecoder().decode(bytes));
      } catch (error) {
        result.open(`${(error as { code: string }).code} ${(error as Error).message}`);
      }
      response.end();
    });
    await (await post(url, init)).text();
    return result.promise;
  }
  const whole = new TextDecoder().decode(body);
  const readAll = async (request: IncomingMessage): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  test('an unread stream', async () => {
    expect(await bodyAfter(() => {})).toBe(whole);
  });

  test('an unread stream, whatever a parser that skipped it left in `body`', async () => {
    for (const left of [{}, undefined, null, '', [], { a: 1 }]) {
      expect(await bodyAfter((request) => Object.assign(request, { body: left }))).toBe(whole);
    }
  });

  test('an unread stream that is paused', async () => {
    expect(await bodyAfter((request) => void request.pause())).toBe(whole);
  });

  test('a Buffer of a raw parser', async () => {
    expect(await bodyAfter(async (request) => Object.assign(request, { body: await readAll(request) }))).toBe(whole);
  });

  test('rawBody, as bytes or text, before `body`', async () => {
    expect(
      await bodyAfter(async (request) => Object.assign(request, { rawBody: await readAll(request), body: { a: 1 } })),
    ).toBe(whole);
    expect(
      await bodyAfter(async (request) =>
        Object.assign(request, { rawBody: String(await readAll(request)), body: { a: 1 } }),
      ),
    ).toBe(whole);
    expect(
      await bodyAfter(async (request) =>
        Object.assign(request, { rawBody: await readAll(request), body: Buffer.from('other') }),
      ),
    ).toBe(whole);
  });

  test('rawBody that the framework keeps elsewhere', async () => {
    const rawBody = Buffer.from('kept elsewhere');
    expect(await bodyAfter(readAll, { rawBody })).toBe('kept elsewhere');
    expect(await bodyAfter((request) => Object.assign(request, { body: Buffer.from('x') }), { rawBody })).toBe(
      'kept elsewhere',
    );
  });

  test.each<[what: string, left: unknown]>([
    ['an object', { eventName: 'person.created' }],
    ['an empty object', {}],
    ['text', '{"a":1}'],
    ['nothing', undefined],
    ['an object that looks like a Buffer', { type: 'Buffer', data: [123, 125] }],
  ])('what a parser made of it, %s, is never made into bytes again', async (_, left) => {
    const found = await bodyAfter(
      async (request) => {
        await readAll(request);
        request.body = left;
      },
      { fix: 'Mount it before express.json().' },
    );
    expect(found).toMatch(/^BODY_ALREADY_PARSED .*Mount it before express\.json\(\)\.$/);
  });

  test('a stream that is being read is BODY_ALREADY_PARSED', async () => {
    const found = await bodyAfter((request) => new Promise((resolve) => request.once('data', resolve)));
    expect(found).toMatch(/^BODY_ALREADY_PARSED /);
  });

  test('a stream that gives text is BODY_ALREADY_PARSED', async () => {
    expect(await bodyAfter((request) => void request.setEncoding('utf8'))).toMatch(/^BODY_ALREADY_PARSED /);
  });

  test('no body at all', async () => {
    expect(await bodyAfter(() => {}, undefined, { body: '' })).toBe('');
    // Whoever read it found nothing, and nothing is lost.
    expect(
      await bodyAfter(async (request) => Object.assign(request, { body: {} }, await readAll(request)), undefined, {
        body: '',
      }),
    ).toBe('');
  });

  test('a request whose sender has gone is BODY_INCOMPLETE', async () => {
    expect(
      await new Promise((resolve) => {
        void listen((request) => {
          request.destroy();
          (nodeBody(request) as ReadBody)(limits).catch(({ code }) => resolve(code));
        }).then((url) => post(url).catch(() => {}));
      }),
    ).toBe('BODY_INCOMPLETE');
  });

  test('leaves no listener and no timer, whatever happened', async () => {
    for (const some of [limits, { ...limits, maxBytes: 5 }]) {
      const counts = createGate<number[]>();
      const url = await listen(async (request, response) => {
        const names = ['data', 'end', 'error', 'close'];
        const count = () => names.map((name) => request.listenerCount(name));
        const before = count();
        await (nodeBody(request) as ReadBody)(some).catch(() => {});
        counts.open(count().map((number, index) => number - (before[index] ?? 0)));
        response.end();
      });
      await post(url).catch(() => {});
      expect(await counts.promise).toEqual([0, 0, 0, 0]);
    }
  });
});

describe('writeAnswer', () => {
  const answer = { status: 418, headers: { 'x-test': 'a' }, body: 'é' };

  test('writes status, headers and body, its length in bytes', async () => {
    const response = await fetch(await listen((_, response) => writeAnswer(response, answer)));
    expect([response.status, response.headers.get('x-test'), response.headers.get('content-length')]).toEqual([
      418,
      'a',
      '2',
    ]);
    expect(await response.text()).toBe('é');
  });

  test('does nothing where somebody else has answered', async () => {
    const url = await listen((_, response) => {
      response.end('first');
      writeAnswer(response, answer);
    });
    expect(await (await fetch(url)).text()).toBe('first');
  });

  test('does nothing where the sender has gone', async () => {
    const done = createGate();
    const url = await listen((request, response) => {
      request.socket.destroy();
      response.once('close', () => {
        writeAnswer(response, answer);
        done.open();
      });
    });
    await fetch(url).catch(() => {});
    await done.promise;
  });
});
