import type { JsonObject } from './block-kit.ts';

/** A message that somebody could read in Slack. */
export interface SlackMessage {
  /** Slack's id of it: seconds since 1970, with six digits behind the point. */
  readonly ts: string;
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly metadata: JsonObject | undefined;
  readonly postedAtMs: number;
}

/** A channel of the stand-in: what was posted, its history page by page, its rate limit. */
export class Channel {
  readonly id: string;
  readonly #messages: SlackMessage[] = [];
  #lastMicros = 0;
  #allowed = 1;
  #allowedAtMs = 0;

  constructor(id: string) {
    this.id = id;
  }

  post(parts: Pick<SlackMessage, 'text' | 'blocks' | 'metadata'>): SlackMessage {
    const postedAtMs = Date.now();
    // No two messages of a channel have the same.
    this.#lastMicros = Math.max(postedAtMs * 1_000, this.#lastMicros + 1);
    const ts = `${Math.floor(this.#lastMicros / 1_000_000)}.${String(this.#lastMicros % 1_000_000).padStart(6, '0')}`;
    const message = { ts, channel: this.id, ...parts, postedAtMs };
    this.#messages.push(message);
    return message;
  }

  /** `conversations.history`: the newest first, 100 unless told, 999 at most. */
  history(fields: Readonly<Partial<Record<string, string>>>): JsonObject {
    const { oldest = '0', limit = '100', cursor = '', include_all_metadata: hasMetadata } = fields;
    const offset = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString());
    if (!Number.isInteger(offset)) return { ok: false, error: 'invalid_cursor' };
    if (!Number.isFinite(Number(oldest))) return { ok: false, error: 'invalid_ts_oldest' };
    const found = this.#messages.filter(({ ts }) => Number(ts) > Number(oldest)).reverse();
    // A cursor is an offset from the oldest: what is posted meanwhile moves nothing.
    const rest = offset === 0 ? found : found.slice(found.length - offset);
    const page = rest.slice(0, Math.min(Math.max(1, Number(limit) || 100), 999));
    const left = rest.length - page.length;
    const isTrue = hasMetadata === 'true' || hasMetadata === '1';
    return {
      ok: true,
      messages: page.map((message) => this.toApi(message, isTrue)),
      has_more: left > 0,
      response_metadata: { next_cursor: left > 0 ? Buffer.from(String(left)).toString('base64') : '' },
    };
  }

  /** As the Web API gives it. */
  toApi({ ts, text, blocks, metadata }: SlackMessage, hasMetadata: boolean): JsonObject {
    const message = { type: 'message', subtype: 'bot_message', bot_id: 'B0STANDIN', ts, text, blocks };
    return { ...message, ...(hasMetadata && metadata && { metadata }) };
  }

  /** Count a message against the limit; how long to wait if there are too many, else 0. Saves up for one second. */
  retryAfterSeconds(perSecond: number | undefined): number {
    if (perSecond === undefined) return 0;
    const nowMs = performance.now();
    const saved = this.#allowed + ((nowMs - this.#allowedAtMs) / 1_000) * perSecond;
    this.#allowed = Math.min(Math.max(1, perSecond), saved);
    this.#allowedAtMs = nowMs;
    if (this.#allowed < 1) return Math.ceil((1 - this.#allowed) / perSecond);
    this.#allowed--;
    return 0;
  }
}
