import assert from 'node:assert/strict';
import { type GoldenVector, goldenVectors } from '../golden-vectors.ts';
import type { CaseDefinition, StartAdapter } from './case.ts';
import type { WireRequest } from './connection.ts';
import type { MountedAdapter } from './mounted-adapter.ts';
import { assertAnswer, assertError, type Reply } from './reply.ts';

const vectors = goldenVectors();
/** Valid deliveries that no JSON parser gives back as they were. */
export const hostileVectors: readonly GoldenVector[] = vectors.filter(
  ({ name, expected }) => name.startsWith('bytes/') && expected === 'valid',
);

/** The bytes and headers as they came from elsewhere, and the verdict that comes with them. */
export const vectorCases: readonly CaseDefinition[] = [
  ...vectors.map((vector) => ({
    name: `golden vector ${vector.name}: ${vector.expected}`,
    run: async (start: StartAdapter) => {
      const adapter = await startFor(start, vector);
      assertVerdict(adapter, vector, await adapter.send(toRequest(vector)));
    },
  })),
  {
    name: 'a body that comes byte for byte, characters torn apart, is the same body',
    async run(start) {
      const vector = find('bytes/multi-byte');
      const adapter = await startFor(start, vector);
      const body = Array.from(vector.body, (byte) => Uint8Array.of(byte));
      assertVerdict(adapter, vector, await adapter.send({ ...toRequest(vector), body, framing: 'chunked' }));
    },
  },
];

export function find(name: string): GoldenVector {
  const vector = vectors.find((one) => one.name === name);
  assert.ok(vector !== undefined, `no golden vector ${name}`);
  return vector;
}

/** Start an adapter with the secrets and the clock of a vector. */
export const startFor = (start: StartAdapter, { secrets, nowMs }: GoldenVector): Promise<MountedAdapter> =>
  start({ secret: secrets, now: () => nowMs });

export const toRequest = ({ headers, body }: GoldenVector): WireRequest => ({ headers: Object.entries(headers), body });

/** Fail unless answer, handler and observation all say what the vector says. */
export function assertVerdict(adapter: MountedAdapter, { expected, event, id }: GoldenVector, reply: Reply): void {
  const observed = adapter.observations.at(-1);
  if (expected === 'valid') {
    assertAnswer(reply, 200, { status: 'handled', id });
    const last = adapter.handled.at(-1);
    assert.deepEqual([last?.event, last?.id], [event, id]);
    assert.equal(observed?.status, 'handled');
  } else {
    assertError(reply, expected.startsWith('BODY_') ? 400 : 401, expected);
    assert.equal(adapter.handled.length, 0, 'the handler ran');
    assert.deepEqual([observed?.status, observed && 'code' in observed && observed.code], ['rejected', expected]);
  }
}
