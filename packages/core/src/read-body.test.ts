import { afterEach, describe, expect, test, vi } from 'vitest';
import { isWebhookError } from './errors.ts';
import { type BodyLimits, bodyError, type ReadBody, webBody } from './read-body.ts';
import { toBytes } from './testdata/deliveries.ts';

const limits: BodyLimits = { maxBytes: 1_000, timeoutMs: 5_000 };

/** A request whose stream gives these chunks, and sees whether it was cancelled. */
function requestOf(chunks: (string | Uint8Array<ArrayBuffer>)[], end: 'close' | 'hang' | 'error' = 'close') {
  const cancel = vi.fn();
  const rest = [...chunks];
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const chunk = rest.shift();
        if (chunk !== undefined) controller.enqueue(typeof chunk === 'string' ? toBytes(chunk) : chunk);
        else if (end === 'close') controller.close();
        else if (end === 'error') controller.error(new Error('reset'));
        else await new Promise(() => {});
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
  return { request: { body, bodyUsed: false }, cancel, unread: () => rest.length };
}

const read = (request: Parameters<typeof webBody>[0], some: Partial<BodyLimits> = {}): Promise<Uint8Array> => {
  const body = webBody(request);
  return typeof body === 'function' ? body({ ...limits, ...some }) : Promise.resolve(body);
};
const text = async (bytes: Promise<Uint8Array>): Promise<string> => new TextDecoder().decode(await bytes);

afterEach(() => {
  vi.useRealTimers();
});

describe('webBody', () => {
  test('gives the bytes, in one piece or in many', async () => {
    expect(await text(read(requestOf(['abc']).request))).toBe('abc');
    expect(await text(read(requestOf(['a', '', 'b', 'cé🚀']).request))).toBe('abcé🚀');
    expect(await text(read(requestOf([Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0x9a, 0x80)]).request))).toBe('🚀');
  });

  test('gives none for an empty stream or no stream', async () => {
    expect(await read(requestOf([]).request)).toHaveLength(0);
    expect(await read({ body: null, bodyUsed: false })).toHaveLength(0);
    expect(await read(new Request('http://localhost', { method: 'POST' }))).toHaveLength(0);
    expect(await read(new Request('http://localhost', { method: 'POST', body: '' }))).toHaveLength(0);
  });

  test('does not touch the stream before it is asked to read', () => {
    const { request, unread } = requestOf(['a']);
    webBody(request);
    expect(unread()).toBe(1);
    expect(request.body.locked).toBe(false);
  });

  test('takes exactly maxBytes, and refuses one more', async () => {
    expect(await read(requestOf(['abcde', 'fghij']).request, { maxBytes: 10 })).toHaveLength(10);
    await expect(read(requestOf(['abcde', 'fghijk']).request, { maxBytes: 10 })).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
  });

  test('stops reading where it is too large, and cancels', async () => {
    const { request, cancel, unread } = requestOf(['a'.repeat(600), 'b'.repeat(600), 'c', 'd', 'e'], 'hang');
    await expect(read(request)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(cancel).toHaveBeenCalledOnce();
    expect(unread()).toBe(3);
  });

  test('gives up after timeoutMs, and cancels', async () => {
    vi.useFakeTimers();
    const { request, cancel } = requestOf(['a'], 'hang');
    const result = read(request).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(cancel).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toMatchObject({ code: 'BODY_TIMEOUT' });
    expect(cancel).toHaveBeenCalledOnce();
  });

  test('gives up on a body that trickles, however steadily', async () => {
    vi.useFakeTimers();
    let timer: ReturnType<typeof setInterval> | undefined;
    const cancel = vi.fn(() => clearInterval(timer));
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        timer = setInterval(() => controller.enqueue(toBytes('a')), 100);
      },
      cancel,
    });
    const result = read({ body, bodyUsed: false }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await result).toMatchObject({ code: 'BODY_TIMEOUT' });
    expect(cancel).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves no timer behind', async () => {
    vi.useFakeTimers();
    await read(requestOf(['a']).request);
    await read(requestOf(['a'], 'error').request).catch(() => {});
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a sender that hangs up is BODY_INCOMPLETE, with its cause', async () => {
    await expect(read(requestOf(['a'], 'error').request)).rejects.toMatchObject({
      code: 'BODY_INCOMPLETE',
      cause: { message: 'reset' },
    });
  });

  test('a stream that does not like to be cancelled changes nothing', async () => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (let chunk = 0; chunk < 10; chunk++) controller.enqueue(new Uint8Array(600));
        controller.close();
      },
      cancel: () => Promise.reject(new Error('no')),
    });
    await expect(read({ body, bodyUsed: false })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('a body that somebody has read is BODY_ALREADY_PARSED at once, with the line to change', async () => {
    const request = new Request('http://localhost', { method: 'POST', body: '{"a":1}' });
    await request.json();
    const body = webBody(request, { fix: 'Move it up.' }) as ReadBody;
    await expect(body(limits)).rejects.toMatchObject({ code: 'BODY_ALREADY_PARSED', message: /Move it up\./ });
  });

  test('a body that somebody is reading is too', async () => {
    const request = new Request('http://localhost', { method: 'POST', body: '{"a":1}' });
    request.body?.getReader();
    await expect(read(request)).rejects.toMatchObject({ code: 'BODY_ALREADY_PARSED' });
  });

  test('a clone can be read after the original was', async () => {
    const request = new Request('http://localhost', { method: 'POST', body: '{"a":1}' });
    const clone = request.clone();
    await request.json();
    expect(await text(read(clone))).toBe('{"a":1}');
  });
});

describe('bodyError', () => {
  test.each(['BODY_TOO_LARGE', 'BODY_TIMEOUT', 'BODY_INCOMPLETE', 'BODY_ALREADY_PARSED'] as const)(
    '%s is one',
    (code) => {
      const cause = new Error('below');
      const error = bodyError(code, { fix: 'Do this.', cause });
      expect(isWebhookError(error)).toBe(true);
      expect(error).toMatchObject({ code, cause, message: /Do this\.$/ });
      expect(bodyError(code).message).not.toMatch(/undefined/);
    },
  );
});
