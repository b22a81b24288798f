import { isDeepStrictEqual } from 'node:util';
import { isDone, readJournal } from './read-sample.ts';
import type { Sample } from './start-sample.ts';

/** One delivery, and what must become of it. */
export interface Plan {
  readonly name: string;
  readonly format: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly expected: Expectation;
}

export interface Expectation {
  readonly status: number;
  /** `status` or `error` of the answer. */
  readonly verdict: string;
  /** What the handlers add to the journal, but for the words. */
  readonly effects: readonly Effect[];
}

export interface Effect {
  readonly event: string;
  readonly recordId: string;
}

export interface Result {
  readonly name: string;
  readonly format: string;
  readonly status: number;
  readonly verdict: string;
  /** What the handlers did, in the sample's words. */
  readonly effects: readonly string[];
  /** What is not as expected. */
  readonly problem: string | undefined;
}

/** Post it, wait for the sample's handlers, and look into its journal for what they did. */
export async function deliver({ name, format, headers, body, expected }: Plan, sample: Sample): Promise<Result> {
  const before = await readJournal(sample);
  const { status, verdict } = await post(sample.url, headers, body);
  const isAtRest = await isDone(sample);
  const entries = (await readJournal(sample)).slice(before.length);
  const effects = entries.map(({ event, recordId }) => ({ event, recordId }));
  const found: Expectation = { status, verdict, effects };
  const problem = isDeepStrictEqual(found, expected)
    ? isAtRest
      ? undefined
      : 'its handlers do not come to an end'
    : `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
  return { name, format, status, verdict, effects: entries.map(({ text }) => text), problem };
}

/** Post a delivery; gives the status, and what the answer says. */
export async function post(
  url: string,
  headers: Plan['headers'],
  body: Plan['body'],
): Promise<{ status: number; verdict: string }> {
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
  const answer = (await response.json()) as { status?: string; error?: string };
  return { status: response.status, verdict: answer.status ?? answer.error ?? '' };
}
