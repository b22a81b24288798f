import { setTimeout as sleep } from 'node:timers/promises';
import { LogLevel, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { type HandlerContext, NonRetryableError } from '@twenty-webhooks/express';
import type { Env } from './env.ts';
import type { Message } from './message.ts';

/** A channel of Slack. Each method has a gate: after a 429 nobody calls it before Slack's `Retry-After` is over. */
export class SlackChannel {
  readonly #client: WebClient;
  readonly #channel: string;
  #opensAtMs = { post: 0, look: 0 };
  #underWay = Promise.resolve();

  constructor({ slackToken, slackChannel, slackApiUrl }: Env) {
    this.#channel = slackChannel;
    // Retries are the inbox's and waits the gates'. A call that hangs must not keep its job.
    const options = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 4_000 };
    this.#client = new WebClient(slackToken, { slackApiUrl, ...options, logLevel: LogLevel.ERROR });
  }

  /**
   * Post the message of an event. An earlier run may have done so without knowing, so all but a first run at once look in the
   * channel before: a dead job that is retried begins at attempt 1 again. Throws `NonRetryableError` if Slack says no.
   */
  async postOnce(message: Message, context: HandlerContext): Promise<void> {
    const isFirstRun = context.attempt === 1 && Date.now() - context.delivery.receivedAtMs < 10_000;
    if (!isFirstRun && (await this.#isPosted(context))) return;
    // Everybody in the workspace can read metadata: the key is a digest.
    const metadata = { event_type: 'twenty_event', event_payload: { key: context.idempotencyKey } };
    const request = { channel: this.#channel, ...message, metadata, unfurl_links: false, unfurl_media: false };
    await this.#call('post', context.signal, () => this.#client.chat.postMessage(request));
  }

  /** Begin no call any more. Resolves when none is under way. */
  stop(): Promise<void> {
    this.#opensAtMs = { post: Number.POSITIVE_INFINITY, look: Number.POSITIVE_INFINITY };
    return this.#underWay;
  }

  async #isPosted({ delivery, idempotencyKey, signal }: HandlerContext): Promise<boolean> {
    // Slack's clock may be another.
    const oldest = String(delivery.receivedAtMs / 1_000 - 300);
    const request = { channel: this.#channel, oldest, limit: 999, include_all_metadata: true, cursor: '' };
    const look = () => this.#client.conversations.history(request);
    do {
      const page = await this.#call('look', signal, look).catch((error) => {
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
  async #call<T>(gate: 'post' | 'look', signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    while (true) {
      while (performance.now() < this.#opensAtMs[gate]) {
        await sleep(Math.min(this.#opensAtMs[gate] - performance.now(), 60_000), undefined, { signal });
      }
      signal.throwIfAborted();
      const call = request();
      this.#underWay = Promise.allSettled([this.#underWay, call]).then(() => {});
      try {
        return await call;
      } catch (error) {
        const waitOrError = judge(error as Error);
        if (typeof waitOrError !== 'number') throw waitOrError;
        // At least a second, whatever Slack says, and no sooner than it said before.
        this.#opensAtMs[gate] = Math.max(this.#opensAtMs[gate], performance.now() + Math.max(waitOrError, 1) * 1_000);
      }
    }
  }
}

/** What an error of the client means: how many seconds to wait, or what to throw. */
function judge(error: Error): number | Error {
  if (error instanceof WebAPIRateLimitedError) return error.retryAfter;
  // The client's words for a 429 whose `Retry-After` is missing, or a date.
  if (error.message.startsWith('Retry header did not contain')) return 10;
  const { data } = error instanceof WebAPIPlatformError ? error : {};
  const code = String(data?.error);
  if (/^(rate_?limited|message_limit_)/.test(code)) return data?.response_metadata?.retryAfter ?? 10;
  const isRefusal = /^[a-z]+_\w+$/.test(code) && !passing.test(code);
  if (isRefusal) return new NonRetryableError(`Slack refused: ${code}. ${hint}`, { cause: error });
  // It may have the page of a proxy in it, which is long.
  return new Error(error.message.slice(0, 200), { cause: error.cause });
}

const passing = /internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org|org_login_required/;
const hint = 'Look at SLACK_TOKEN, SLACK_CHANNEL, the scopes of the app, and whether it is in the channel.';
