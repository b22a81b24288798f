import { isDeepStrictEqual } from 'node:util';
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

/** Post it, and look into the sample's journal for what its handlers did. */
export async function deliver({ name, format, headers, body, expected }: Plan, sample: Sample): Promise<Result> {
  const before = await readJournal(sample);
  const response = await fetch(sample.url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
  const answer = (await response.json()) as { status?: string; error?: string };
  const entries = (await readJournal(sample)).slice(before.length);
  const found: Expectation = {
    status: response.status,
    verdict: answer.status ?? answer.error ?? '',
    effects: entries.map(({ event, recordId }) => ({ event, recordId })),
  };
  const problem = isDeepStrictEqual(found, expected)
    ? undefined
    : `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
  return {
    name,
    format,
    status: found.status,
    verdict: found.verdict,
    effects: entries.map(({ text }) => text),
    problem,
  };
}

async function readJournal({ journalUrl }: Sample): Promise<readonly (Effect & { readonly text: string })[]> {
  const response = await fetch(journalUrl, { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as readonly (Effect & { readonly text: string })[];
}
