import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Observation } from '@twenty-webhooks/core';
import { bodyCanary, handlerCanary } from '../suite-events.ts';
import type { MountedAdapter } from './mounted-adapter.ts';

/** Fail if a secret, a signature or text of a body left an adapter by any way but `event.data` and `event.raw`. */
export function assertNoLeaks(adapter: MountedAdapter, consoleText: string): void {
  const secrets = [...adapter.secrets, ...adapter.signatures, bodyCanary];
  const outputs: readonly (readonly [where: string, text: string, canaries: readonly string[]])[] = [
    // What a handler throws is for the developer's log and `observe`, never for the sender.
    ['an answer', adapter.replies.map(({ head, text }) => `${head}\n${text}`).join('\n'), [...secrets, handlerCanary]],
    ['the log', adapter.logLines.join('\n'), secrets],
    ['the console', consoleText, secrets],
    ['an observation', adapter.observations.map(toText).join('\n'), secrets],
  ];
  for (const [where, text, canaries] of outputs) {
    for (const canary of canaries)
      assert.ok(!text.includes(canary), `${JSON.stringify(canary)} is in ${where}: ${text}`);
  }
}

/** All that an observation shows to `JSON.stringify` and to `console.log`, but the payload of its event. */
function toText(observation: Observation): string {
  const event = 'event' in observation ? observation.event : undefined;
  const shown = {
    ...observation,
    event: undefined,
    cause: inspect('cause' in observation ? observation.cause : undefined),
  };
  return [shown, event && withoutPayload({ ...event }), event && withoutPayload(JSON.parse(JSON.stringify(event)))]
    .map((part) => `${inspect(part, { depth: 8, maxStringLength: null, showHidden: true })} ${JSON.stringify(part)}`)
    .join('\n');
}

const withoutPayload = (event: object): object => ({ ...event, data: undefined, raw: undefined });
