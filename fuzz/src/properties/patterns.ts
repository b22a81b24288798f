import assert from 'node:assert/strict';
import { isWebhookError } from '@twenty-webhooks/core';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { eventName } from '../inputs/event-text.ts';
import { silent } from '../inputs/silent-logger.ts';
import { hasChanged, isMatch, isPattern } from '../oracles/matching.ts';
import type { Property } from '../property.ts';

/** Exactly the handlers run whose pattern and fields match by a naive oracle, each once; bad patterns are refused. */
export function patternsProperty(core: Core = realCore): Property {
  return {
    name: 'patterns',
    weight: 60_000,
    maxScriptBytes: 60,
    testCases: 3_000,
    async check(choices) {
      const receiver = core.createReceiver({ unsigned: 'accept', idempotency: 'off', logger: silent });
      const called: string[] = [];
      const handlers: Registered[] = [];
      for (let left = choices.below(5); left >= 0; left--) {
        const pattern = anyPattern(choices);
        const fields = pattern.endsWith('.updated') && choices.oneIn(2) ? anyFields(choices) : undefined;
        const name = `${handlers.length}`;
        const isAdded = accepts(() =>
          receiver.on(pattern, { name, ...(fields && { fields }) }, () => void called.push(name)),
        );
        assert.equal(isAdded, isPattern(pattern), `pattern ${JSON.stringify(pattern)}`);
        if (isAdded) handlers.push({ name, pattern, fields });
      }
      // The same name several times, since what matches is remembered.
      const events = choices.list(2, () => eventName(choices));
      for (const event of [...events, ...events]) {
        if (event === '') continue;
        const updatedFields = choices.list(3, () => choices.pick(fieldNames));
        const body = JSON.stringify({
          eventName: event,
          record: { id: '1' },
          event: { properties: { updatedFields } },
          updatedFields,
        });
        called.length = 0;
        const outcome = await receiver.receive({ method: 'POST', url: '/', headers: {}, body: Buffer.from(body) });
        const isUnknown = event.lastIndexOf('.') < 1;
        const expected = handlers.filter(
          ({ pattern, fields }) =>
            isMatch(pattern, event) && (fields === undefined || (!isUnknown && hasChanged(updatedFields, fields))),
        );
        assert.deepEqual(
          called.sort(),
          expected.map(({ name }) => name),
          JSON.stringify({ event, updatedFields, handlers }),
        );
        assert.equal(outcome.status, expected.length > 0 ? 'handled' : 'ignored');
      }
    },
  };
}

interface Registered {
  readonly name: string;
  readonly pattern: string;
  readonly fields: readonly string[] | undefined;
}

function accepts(register: () => unknown): boolean {
  try {
    register();
    return true;
  } catch (error) {
    assert.ok(isWebhookError(error) && error.code === 'PATTERN_INVALID', String(error));
    return false;
  }
}

function anyPattern(choices: Choices): string {
  if (choices.oneIn(3))
    return choices.pick([
      '*',
      '*.*',
      '*.updated',
      'metadata.*.*',
      'metadata.view.*',
      'metadata.*',
      'metadata.*.updated',
      '*.*.*',
      '',
    ]);
  if (choices.oneIn(3))
    return choices.list(4, () => choices.pick(['*', '.', 'person', 'metadata', 'updated', ' ', 'view', '\n'])).join('');
  const name = eventName(choices);
  return choices.oneIn(3) ? name.replace(/[^.]+$/, '*') : name;
}

const anyFields = (choices: Choices): string[] => {
  const fields = choices.list(2, () => choices.pick(fieldNames)).filter((field) => field !== '');
  return fields.length > 0 ? fields : ['stage'];
};

const fieldNames = [
  'stage',
  'company',
  'companyId',
  'companyIdId',
  'Id',
  'id',
  'IdId',
  'stageid',
  '',
  '__proto__',
  'comp',
];
