import assert from 'node:assert/strict';
import { sampleEvent } from '../sample-event.ts';
import { bodyCanary, freshEvent, handlerCanary } from '../suite-events.ts';
import type { CaseDefinition } from './case.ts';
import { signedRequest, withHeaders } from './deliveries.ts';
import type { MountedAdapter } from './mounted-adapter.ts';
import { assertAnswer } from './reply.ts';

/** What goes out, to the sender and to the console. */
export const answerCases: readonly CaseDefinition[] = [
  {
    name: 'an id beyond ASCII comes back whole, with a content-length in bytes',
    async run(start) {
      const adapter = await start();
      const id = 'évén-🚀-“1”';
      const event = sampleEvent('note.created', { format: 'envelope', overrides: { id } });
      const reply = await adapter.send(signedRequest(event, { format: 'envelope' }));
      assertAnswer(reply, 200, { status: 'handled', id });
      const length = reply.headers['content-length'];
      if (length !== undefined) assert.equal(Number(length), Buffer.byteLength(reply.text));
    },
  },
  {
    name: 'no secret, signature or text of a body leaves but in the event, whatever is sent',
    async run(start) {
      // Every case looks for leaks; this one sends what the others do not.
      const adapter = await start({
        on: {
          'note.created': () => {
            throw new Error(handlerCanary);
          },
          'person.*': () => {},
        },
      });
      await sendEverything(adapter);
      assert.ok(adapter.logLines.length > 0, 'nothing was logged, so there was nothing to look at');
      for (const { text } of adapter.replies)
        assert.match(text, /^\{"(status|error)":"[A-Za-z0-9_]+"(,"id":"evt_[0-9a-f]{32}")?\}$/);
    },
  },
  {
    name: 'with the default logger, refusals write at most one line per code',
    maxConsoleLinesPerCode: 1,
    async run(start) {
      const adapter = await start({ hasDefaultLogger: true });
      for (const _ of [1, 2, 3]) await sendEverything(adapter);
    },
  },
];

async function sendEverything(adapter: MountedAdapter): Promise<void> {
  const signed = signedRequest();
  const signature = 'x-twenty-webhook-signature';
  for (const request of [
    signed,
    { ...signed, body: Buffer.from(`{"a":"${bodyCanary}"}`) },
    withHeaders(signed, { [signature]: undefined }),
    withHeaders(signed, { [signature]: `${signed.headers.find(([name]) => name === signature)?.[1]}00` }),
    withHeaders(signed, { 'x-twenty-webhook-timestamp': bodyCanary }),
    signedRequest(undefined, { timestamp: 1_000 }),
    signedRequest(undefined, { secret: `${bodyCanary} ` }),
    signedRequest(`${bodyCanary} is no JSON`),
    signedRequest(JSON.stringify({ [bodyCanary]: bodyCanary })),
    signedRequest(Buffer.concat([Buffer.from(bodyCanary), Buffer.of(0xff)])),
    signedRequest(freshEvent('note.created')),
    { ...signed, method: 'PUT' },
    withHeaders(signed, { 'content-encoding': bodyCanary }),
  ]) {
    await adapter.send(request);
  }
}
