import assert from 'node:assert/strict';
import type { Delivery, InboxEntry } from '@twenty-webhooks/core';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { anyBody } from '../inputs/bodies.ts';
import { stringText } from '../inputs/json-text.ts';
import type { Property } from '../property.ts';

/** What a queue of JSON keeps of a job is, once read back, what was put: every byte, every fact. */
export function storedJobsProperty(core: Core = realCore): Property {
  return {
    name: 'stored-jobs',
    weight: 50_000,
    maxScriptBytes: 120,
    testCases: 4_000,
    async check(choices) {
      const body = anyBody(choices);
      const parsed = await core.parseEvent(body).catch(() => undefined);
      if (parsed === undefined) return;
      const event = anyEntryEvent(choices);
      const delivery = anyDelivery(choices);
      const headers = { 'content-type': anyText(choices) };
      const jobs = ['a', anyText(choices)].map((handler, index) => ({ key: `key-${index}`, handler }));
      const entry: InboxEntry = { body, delivery, headers, event, parsed, jobs };
      const stored = core.toStoredJobs(entry).map((job) => JSON.parse(JSON.stringify(job)));
      assert.equal(stored.length, jobs.length);
      for (const [index, job] of stored.entries()) {
        assert.equal(core.isStoredJobFacts(job), true);
        assert.deepEqual({ key: job.key, handler: job.handler }, jobs[index]);
        assert.ok(Buffer.from(core.bodyOf(job)).equals(body), 'the bytes');
        assert.deepStrictEqual(core.deliveryOf(job), delivery);
        assert.deepEqual(core.entryEventOf(job), event);
        assert.deepEqual(job.headers, headers);
      }
    },
  };
}

const anyText = (choices: Choices): string => JSON.parse(stringText(choices));

function anyEntryEvent(choices: Choices): InboxEntry['event'] {
  const record = choices.oneIn(3)
    ? undefined
    : {
        object: anyText(choices),
        id: anyText(choices),
        changedAtMs: choices.pick([undefined, 0, -1, 1_795_448_103_416]),
      };
  return { id: anyText(choices), name: anyText(choices), workspaceId: anyText(choices), record };
}

const anyDelivery = (choices: Choices): Delivery => ({
  receivedAtMs: choices.pick([0, 1_795_448_103_416]),
  scheme: choices.pick(['timestamped', 'plain', 'unsigned']),
  secretIndex: choices.pick([undefined, 0, 1]),
  signedAtMs: choices.pick([undefined, 1, 1_795_448_103_416]),
  nonce: choices.pick([undefined, '', 'é"\0']),
});
