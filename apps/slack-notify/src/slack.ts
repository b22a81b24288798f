import { setTimeout as sleep } from 'node:timers/promises';
import { LogLevel, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { type HandlerContext, NonRetryableError } from '@twenty-webhooks/express';
import type { Env } from './env.ts';
import type { Message } from './message.ts';

/** A channel of Slack. Calls go through one gate: after a 429 nobody calls before Slack's `Retry-After` is over. */
export class SlackChannel {
  readonly #client: WebClient;
  readonly #channel: string;
  #underWay = Promise.resolve();
  #closedUntilMs = 0;

  constructor({ slackToken, slackChannel, slackApiUrl }: Env) {
    this.#channel = slackChannel;
    // Retries are the inbox's and waits the gate's. A call that hangs must not keep its job.
    const options = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 4_000 };
    this.#client = new WebClient(slackToken, { slackApiUrl, ...options, logLevel: LogLevel.ERROR });
  }

  /** Rejects if Slack does not take the token. */
  check = (): Promise<unknown> => this.#client.auth.test();

  /**
   * Post the message of an event. A run before this one may have done it and ended before that was noted, so look in the channel
   * first. A dead job that is retried begins at attempt 1 again. Throws `NonRetryableError` if Slack says no.
   */
  async postOnce(message: Message, context: HandlerContext): Promise<void> {
    const mayBePosted = context.attempt > 1 || Date.now() - context.delivery.receivedAtMs > 60 * 60_000;
    if (mayBePosted && (await this.#isPosted(context))) return;
    // Everybody in the workspace can read metadata: the key is a digest.
    const metadata = { event_type: 'twenty_event', event_payload: { key: context.idempotencyKey } };
    const request = { channel: this.#channel, ...message, metadata, unfurl_links: false, unfurl_media: false };
    await this.#call(context.signal, () => this.#client.chat.postMessage(request));
  }

  /** Begin no call any more. Resolves when none is under way. */
  stop(): Promise<void> {
    this.#closedUntilMs = Number.POSITIVE_INFINITY;
    return this.#underWay;
  }

  async #isPosted({ delivery, idempotencyKey, signal }: HandlerContext): Promise<boolean> {
    // Slack's clock may be another.
    const oldest = String(delivery.receivedAtMs / 1_000 - 300);
    const request = { channel: this.#channel, oldest, limit: 200, include_all_metadata: true, cursor: '' };
    do {
      const page = await this.#call(signal, () => this.#client.conversations.history(request)).catch((error) => {
        // The app may not read here. Better a message twice than none.
        if (error instanceof NonRetryableError) console.warn(`Posts again without looking. ${error.message}`);
        else throw error;
      });
      if (page?.messages?.some(({ metadata }) => JSON.stringify(metadata ?? {}).includes(idempotencyKey))) return true;
      request.cursor = page?.response_metadata?.next_cursor ?? '';
    } while (request.cursor);
    return false;
  }

  /** To be turned away by a rate limit is no failure: a job has only so many attempts. */
  async #call<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    while (performance.now() < this.#closedUntilMs) {
      await sleep(Math.min(this.#closedUntilMs - performance.now(), 60_000), undefined, { signal });
    }
    signal.throwIfAborted();
    const call = request();
    this.#underWay = Promise.allSettled([this.#underWay, call]).then(() => {});
    try {
      return await call;
    } catch (error) {
      const waitSeconds = rateLimitSeconds(error);
      if (waitSeconds === undefined) throw explain(error);
      this.#closedUntilMs = Math.max(this.#closedUntilMs, performance.now() + waitSeconds * 1_000);
      return this.#call(signal, request);
    }
  }
}

function rateLimitSeconds(error: unknown): number | undefined {
  if (error instanceof WebAPIRateLimitedError) return error.retryAfter;
  const isLimit = error instanceof WebAPIPlatformError && /^(rate_?limited|message_limit_)/.test(error.data.error);
  return isLimit ? (error.data.response_metadata?.retryAfter ?? 10) : undefined;
}

function explain(cause: unknown): unknown {
  const error = cause instanceof WebAPIPlatformError ? cause.data.error : '';
  // Not the network, not what passes by itself, not a proxy that answers with a page of its own: Slack said no.
  if (!/^\w+$/.test(error) || passing.test(error)) return cause;
  const [, hint = ''] = hints.find(([is]) => is.test(error)) ?? [];
  return new NonRetryableError(`Slack refused: ${error}. ${hint}`.trim(), { cause });
}

const passing = /internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org|org_login_required/;
const hints: readonly (readonly [RegExp, string])[] = [
  [/auth|token|account/, 'Is SLACK_TOKEN the bot token of an app that is installed?'],
  [/channel|archived/, 'Is SLACK_CHANNEL the id of an open channel, and the app in it? /invite it.'],
  [/scope/, 'Give the app chat:write and channels:history (private: groups:history), and install it again.'],
];
