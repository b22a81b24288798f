import type { HandlerContext } from '@twenty-webhooks/express';
import type { SlackStandIn } from '../dev/slack-stand-in.ts';
import { type Env, readEnv } from '../src/env.ts';

/** The environment of an app that posts to this stand-in. */
export function envFor(
  slack: Pick<SlackStandIn, 'token' | 'channel' | 'apiUrl'>,
  more: Readonly<Record<string, string>> = {},
): Env {
  return readEnv({
    TWENTY_WEBHOOK_SECRET: 'secret',
    SLACK_TOKEN: slack.token,
    SLACK_CHANNEL: slack.channel,
    SLACK_API_URL: slack.apiUrl,
    TWENTY_URL: 'https://crm.example',
    ...more,
  });
}

/** What an inbox gives a handler. */
export function contextOf(more: Partial<HandlerContext> = {}): HandlerContext {
  const delivery = {
    receivedAtMs: Date.now(),
    scheme: 'timestamped',
    secretIndex: 0,
    signedAtMs: Date.now(),
    nonce: undefined,
  } as const;
  const { signal } = new AbortController();
  return { attempt: 1, isStale: false, signal, delivery, idempotencyKey: crypto.randomUUID(), ...more };
}
