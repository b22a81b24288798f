import type { Outcome } from '@twenty-webhooks/core';
import { realCore } from '../core.ts';
import { receivingBy } from './wrong-cores.ts';

/** A core that verifies what a JSON parser and `JSON.stringify` have made of the body. */
export const reserialising = receivingBy((request, receive) => {
  const { body } = request;
  if (!(body instanceof Uint8Array)) return receive(request);
  try {
    return receive({ ...request, body: Buffer.from(JSON.stringify(JSON.parse(Buffer.from(body).toString()))) });
  } catch {
    return receive(request);
  }
});

/** A refusal that is taken for something else. */
export const takingFor = (code: string, outcome: Partial<Outcome>) =>
  receivingBy(async (request, receive) => {
    const result = await receive(request);
    return 'code' in result && result.code === code ? ({ ...result, ...outcome } as Outcome) : result;
  });

/** A core whose receivers register something else. */
export function receiversWhere(
  change: (options: object) => object,
  rename: (pattern: string) => string = (pattern) => pattern,
): typeof realCore {
  return {
    ...realCore,
    createReceiver: ((options: object) => {
      const receiver = realCore.createReceiver(options);
      const on = receiver.on as (...given: unknown[]) => unknown;
      return {
        ...receiver,
        on: (pattern: string, given: object, run: unknown) => on(rename(pattern), change(given), run),
      };
    }) as unknown as typeof realCore.createReceiver,
  };
}

/** A core whose receivers get other pieces. */
export function fetchingBy(change: (pieces: Uint8Array<ArrayBuffer>[]) => Uint8Array<ArrayBuffer>[]): typeof realCore {
  return {
    ...realCore,
    createReceiver: ((options: object) => {
      const receiver = realCore.createReceiver(options);
      const fetch = async (request: Request): Promise<Response> => {
        const pieces: Uint8Array<ArrayBuffer>[] = [];
        for await (const piece of request.body ?? []) pieces.push(piece);
        const { url, headers, method } = request;
        return receiver.fetch(new Request(url, { method, headers, body: Buffer.concat(change(pieces)) }));
      };
      return { ...receiver, isVerifyOnly: false, fetch };
    }) as unknown as typeof realCore.createReceiver,
  };
}
