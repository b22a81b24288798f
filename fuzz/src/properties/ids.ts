import assert from 'node:assert/strict';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { eventName } from '../inputs/event-text.ts';
import { memberText, spaceText } from '../inputs/json-text.ts';
import { mutated } from '../inputs/mutated.ts';
import { eventDateValue } from '../oracles/event-id.ts';
import type { Property } from '../property.ts';

/**
 * Two bodies of a record have one id if they are equal, or if all that differs is the value of the first `eventDate` and the
 * record has `updatedAt`; any other change makes another id.
 */
export function idsProperty(core: Pick<Core, 'parseEvent'> = realCore): Property {
  return {
    name: 'ids',
    weight: 160_000,
    maxScriptBytes: 120,
    testCases: 4_000,
    async check(choices) {
      const first = recordBody(choices);
      const second = changed(choices, first.body);
      const ids = await Promise.all([idOf(core, first.body), idOf(core, second)]);
      if (ids[0] === undefined || ids[1] === undefined) return;
      const equal = first.hasUpdatedAt
        ? Buffer.from(withoutDate(first.body)).equals(withoutDate(second))
        : Buffer.from(first.body).equals(second);
      // A change may have taken `updatedAt` away or brought it: then the bytes differ, and so must the ids.
      assert.equal(ids[0] === ids[1], equal, `${decode(first.body)}\n${decode(second)}`);
      assert.match(ids[0], /^evt_[0-9a-f]{32}$/);
    },
  };
}

async function idOf(core: Pick<Core, 'parseEvent'>, body: Uint8Array): Promise<string | undefined> {
  const event = await core.parseEvent(body).catch(() => undefined);
  return event?.kind === 'record' && event.format === 'server' ? event.id : undefined;
}

function recordBody(choices: Choices): { body: Uint8Array<ArrayBuffer>; hasUpdatedAt: boolean } {
  const hasUpdatedAt = !choices.oneIn(3);
  const space = (): string => spaceText(choices);
  const date = `"eventDate"${space()}:${space()}${choices.pick(dates)}`;
  const record = `"record":{"id":"1"${hasUpdatedAt ? ',"updatedAt":"2026-11-23T15:35:03.387Z"' : ''}}`;
  const other = memberText(
    choices,
    choices.pick(['"z"', '"\\u0065ventDate"', '"x\\"eventDate"', '"é"', '"eventDate"']),
    2,
  );
  const members = [`"eventName":${JSON.stringify(`a${eventName(choices)}.updated`)}`, date, record, other];
  // In any order: what stands before the date must not matter.
  const from = choices.below(members.length);
  const text = `{${[...members.slice(from), ...members.slice(0, from)].join(`,${space()}`)}}`;
  return { body: new Uint8Array(Buffer.from(choices.oneIn(8) ? `\ufeff${text}` : text)), hasUpdatedAt };
}

function changed(choices: Choices, body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const value = eventDateValue(body);
  if (value === undefined || choices.oneIn(2)) return mutated(choices, body);
  const date = Buffer.from(choices.pick(dates));
  return new Uint8Array(Buffer.concat([body.subarray(0, value.start), date, body.subarray(value.end)]));
}

function withoutDate(body: Uint8Array): Uint8Array {
  const value = eventDateValue(body);
  return value === undefined ? body : Buffer.concat([body.subarray(0, value.start), body.subarray(value.end)]);
}

const decode = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

const dates = [
  '"2026-11-23T15:35:03.400Z"',
  '"2026-11-23T15:35:03.401Z"',
  '""',
  '"\\"é\\\\"',
  '"🚀\\n\\u0022"',
  'null',
  '1',
  '{"a":"b"}',
];
