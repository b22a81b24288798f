import type { HttpResult } from '../http/send-request.ts';

export type ProbeName =
  | 'server-format'
  | 'envelope-format'
  | 'original-bytes'
  | 'tampered'
  | 'tampered-envelope'
  | 'wrong-secret'
  | 'last-digit'
  | 'empty-signature'
  | 'no-timestamp'
  | 'forged-local'
  | 'unsigned'
  | 'unsigned-local'
  | 'stale'
  | 'stale-day'
  | 'future'
  | 'replay'
  | 'duplicate'
  | 'rerun'
  | 'same-nonce'
  | 'same-record'
  | 'record-updated'
  | 'record-deleted'
  | 'empty-get'
  | 'large-150-kb'
  | 'large-2-mb'
  | 'unknown-event'
  | 'not-json'
  | 'not-an-event'
  | 'malformed-signature'
  | 'metadata-view'
  | 'metadata-object'
  | 'unknown-shape'
  | 'rewritten-bytes'
  | 'guide-code'
  | 'control';

/** Signatures that are none. */
export const forgeryNames: readonly ProbeName[] = [
  'tampered',
  'tampered-envelope',
  'wrong-secret',
  'last-digit',
  'no-timestamp',
  'forged-local',
  'malformed-signature',
];

/** No signature at all. */
export const unsignedNames: readonly ProbeName[] = ['unsigned', 'unsigned-local', 'empty-signature'];

/** One request, and what a right endpoint does with it. */
export interface Probe {
  readonly name: ProbeName;
  /** What it is, in words. */
  readonly sent: string;
  /** `accept`: Twenty might send it, so that anything but a 2xx loses an event. `refuse`: a 2xx is a lie. */
  readonly expects: 'accept' | 'refuse' | 'anything';
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What became of a probe. */
export interface ProbeResult {
  readonly probe: Pick<Probe, 'name' | 'sent' | 'expects'>;
  /** `undefined` if it was not sent: nobody was there any more. */
  readonly result: HttpResult | undefined;
  /** What it did to the endpoint: nobody listens any more, or not for a moment. */
  readonly end?: 'gone' | 'restarted' | undefined;
  /** The status of a first try that failed, before this one. */
  readonly firstTry?: number | undefined;
}

/** All results of a run, in the order in which they were sent. */
export type ProbeResults = ReadonlyMap<ProbeName, ProbeResult>;

export const isAccepted = ({ result }: ProbeResult): boolean =>
  result?.kind === 'answer' && result.status >= 200 && result.status < 300;

/** Answered with something else than a 2xx, or the connection was cut. No answer in time says nothing. */
export const isRefused = (result: ProbeResult): boolean =>
  result.result !== undefined && !isAccepted(result) && !isTimeout(result);

/** Refused, or it was the end of the endpoint, which may have said 200 before. */
export const isFailed = (result: ProbeResult): boolean => isRefused(result) || result.end !== undefined;

export const isTimeout = ({ result }: ProbeResult): boolean => result?.kind === 'failure' && result.code === 'TIMEOUT';

/** The status of an answer; 0 if there is none. */
export const statusOf = ({ result }: ProbeResult): number => (result?.kind === 'answer' ? result.status : 0);

export const isRedirect = ({ result }: ProbeResult): boolean =>
  result?.kind === 'answer' && result.status >= 300 && result.status < 400;

/** How many milliseconds until there was an answer; 0 if there is none. */
export const answeredAfterMs = ({ result }: ProbeResult): number => (result?.kind === 'answer' ? result.durationMs : 0);

/** The text of an answer. */
export const textOf = ({ result }: ProbeResult): string =>
  result?.kind === 'answer' ? new TextDecoder().decode(result.body) : '';
