import assert from 'node:assert/strict';
import { isWebhookError, type TwentyEvent } from '@twenty-webhooks/core';
import { type Core, realCore } from '../core.ts';
import { anyBody } from '../inputs/bodies.ts';
import { type ExpectedEvent, expectedEvent } from '../oracles/parsed-event.ts';
import type { Property } from '../property.ts';

/** Parsing of anything genuine gives what an oracle gives; it throws nothing but the three codes for what is no event. */
export function parseProperty(core: Pick<Core, 'parseEvent'> = realCore): Property {
  return {
    name: 'parse',
    weight: 170_000,
    maxScriptBytes: 140,
    testCases: 3_000,
    async check(choices) {
      const body = anyBody(choices);
      const before = Uint8Array.from(body);
      const found = await core.parseEvent(body).then(toExpected, (error: unknown) => {
        if (!isWebhookError(error)) throw error;
        return error.code;
      });
      assert.deepStrictEqual(found, expectedEvent(body));
      assert.deepStrictEqual(body, before);
    },
  };
}

/** The event as the oracle writes it. */
function toExpected(event: TwentyEvent): ExpectedEvent {
  const { kind, event: name, id, format, timestamp, workspaceId, webhookId, actor, raw } = event;
  // What a log or a queue makes of it.
  const { id: shownId, kind: shownKind } = JSON.parse(JSON.stringify(event));
  assert.deepEqual([shownId, shownKind], [wellFormed(id), kind]);
  const states = { attributes: undefined, previousAttributes: undefined, change: undefined };
  const common = { kind, event: name, id, format, timestamp, workspaceId, webhookId, actor, raw, ...states };
  if (event.kind === 'unknown') return { ...common, recordId: undefined, updatedFields: [] };
  const { id: recordId, updatedFields } = event.data;
  if (event.kind === 'metadata') {
    const { metadataName, type, diff, before, after } = event.data;
    assert.equal(event.action, name.split('.').at(-1));
    return { ...common, recordId, updatedFields, change: { metadataName, type, diff, before, after } };
  }
  const { attributes, previousAttributes, object } = event.data;
  assert.equal(`${object}.${event.action}`, name);
  return { ...common, recordId, updatedFields, attributes, previousAttributes };
}

const wellFormed = (text: string): string => JSON.parse(JSON.stringify(text));
