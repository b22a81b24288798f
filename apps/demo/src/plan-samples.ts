import { documentedEvents, sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import type { Plan } from './deliver.ts';
import { expectGenuine, expectRejected } from './expectation.ts';

/** Every documented event and a custom object's, in both formats; each third one twice, each fourth tampered with first. */
export function* planSamples(secret: string): Generator<Plan> {
  for (const format of ['server', 'envelope'] as const) {
    for (const [index, name] of [...documentedEvents, 'rocket.created'].entries()) {
      const { headers, body } = signDelivery(sampleEvent(name, { format }), { secret, format });
      if (index % 4 === 0) {
        const expected = expectRejected('SIGNATURE_MISMATCH');
        yield { name: `${name}, tampered`, format, headers, body: withOneBitFlipped(body), expected };
      }
      yield { name, format, headers, body, expected: expectGenuine(name, body, false) };
      if (index % 3 === 0) {
        yield { name: `${name}, again`, format, headers, body, expected: expectGenuine(name, body, true) };
      }
    }
  }
}

function withOneBitFlipped(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return body.map((byte, index) => (index === body.length >> 1 ? byte ^ 1 : byte));
}
