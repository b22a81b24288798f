import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BodyLimits, bodyError, type Outcome, type Receiver, toAnswer } from '@twenty-webhooks/core';
import { nodeBody, writeAnswer } from '@twenty-webhooks/core/node';
import { maxBodyBytes } from '../http/receiver-limits.ts';
import { type BodyFacts, readFacts } from './body-facts.ts';
import type { DeliveryStore, NewDelivery } from './delivery-store.ts';
import type { DeliverySummary, ForwardResult } from './inspector-api.ts';
import { maskBody } from './masked-body.ts';
import { headersToPass, passOn, withoutCredentials } from './pass-on.ts';
import { forwardMark, isLoop } from './refuse-loop.ts';
import { answerError, sandboxHeaders, writeTargetAnswer } from './target-answer.ts';

/** What a delivery goes through. */
export interface Intake {
  readonly receiver: Pick<Receiver, 'receive'>;
  readonly store: DeliveryStore;
  readonly forwardUrl: URL | undefined;
  /** What marks what is passed on: random, and nobody else's. */
  readonly id: string;
  /** How long the target may take. */
  readonly timeoutMs: number | undefined;
  /** Aborts when nobody waits for answers of the target any more. */
  readonly signal: AbortSignal;
  /**
   * Called when a delivery is there, and again when the target has answered.
   *
   * @param isListed whether the list has it: it may be forgotten meanwhile, or could not be kept
   */
  readonly announce: (delivery: DeliverySummary, isListed: boolean) => void;
  readonly onError: (error: Error) => void;
}

/** Take one request as a delivery: verify, keep, pass on, answer. */
export async function takeDelivery(request: IncomingMessage, response: ServerResponse, intake: Intake): Promise<void> {
  const receivedAtMs = Date.now();
  const { method = '', url = '', headers, rawHeaders } = request;
  for (const [name, value] of Object.entries(sandboxHeaders)) response.setHeader(name, value);
  const body = await readBytes(request);
  const whole = body instanceof Uint8Array ? body : undefined;
  const outcome = await intake.receiver.receive({ method, url, headers, body: whole ?? (() => Promise.reject(body)) });
  const delivery: NewDelivery = {
    receivedAtMs,
    method,
    path: url,
    status: outcome.status,
    code: 'code' in outcome ? outcome.code : undefined,
    reason: 'code' in outcome ? outcome.reason : undefined,
    scheme: schemeOf(outcome, request),
    ...(await factsOf(whole ?? nothing, outcome)),
    rawHeaders,
    body: whole ?? nothing,
  };
  const { forwardUrl, id } = intake;
  const kept = keep(delivery, forwardUrl !== undefined, intake);
  if (forwardUrl === undefined) return writeAnswer(response, toAnswer(outcome));
  if (whole === undefined) {
    const reason = `There was no whole body to pass on: ${'reason' in outcome ? outcome.reason : ''}`;
    settle(kept, notForwarded(forwardUrl, 'NOT_FORWARDED', reason), intake);
    return writeAnswer(response, toAnswer(outcome));
  }
  const passed = headersToPass(rawHeaders);
  if (isLoop(passed, id)) {
    const reason =
      '--forward leads back to this "listen": give the URL of your own server, not that of the tunnel to here.';
    settle(kept, notForwarded(forwardUrl, 'FORWARD_LOOP', reason), intake);
    return answerError(response, 508, 'FORWARD_LOOP');
  }
  const marked = [...passed, [forwardMark, id] as const];
  const { result, forward } = await passOn(forwardUrl, { method, headers: marked, body: whole }, intake);
  settle(kept, forward, intake);
  writeTargetAnswer(response, result);
}

/** The bytes, within the limits that a receiver has by itself, or why there are none. */
async function readBytes(request: IncomingMessage): Promise<Uint8Array | Error> {
  if (Number(request.headers['content-length']) > bodyLimits.maxBytes) return bodyError('BODY_TOO_LARGE');
  const body = nodeBody(request);
  if (body instanceof Uint8Array) return body;
  return body(bodyLimits).catch((error: Error) => error);
}

/** What the list says of a body: nothing that is secret, and `isMasked` if there was something. */
async function factsOf(
  body: Uint8Array,
  outcome: Outcome,
): Promise<Omit<BodyFacts, 'updatedFields' | 'record'> & Pick<NewDelivery, 'isMasked'>> {
  const { text, isMasked } = maskBody(body);
  const shown = isMasked ? new TextEncoder().encode(text) : body;
  const { updatedFields: _fields, record: _record, ...facts } = await readFacts(shown);
  if (!isMasked) return { ...facts, isMasked };
  // The digest of what is shown is not that of what came.
  return { ...facts, eventId: 'id' in outcome ? outcome.id : undefined, isMasked };
}

/** Also of a delivery that is refused: which of the two headers it brought. */
function schemeOf(outcome: Outcome, { headers }: IncomingMessage): DeliverySummary['scheme'] {
  if ('delivery' in outcome && outcome.delivery !== undefined) return outcome.delivery.scheme;
  if (headers['x-twenty-webhook-signature'] !== undefined) return 'timestamped';
  return headers['x-twenty-signature'] === undefined ? undefined : 'plain';
}

/** A delivery that cannot be kept is announced and answered nevertheless: the inbox may have it. */
function keep(delivery: NewDelivery, isForwarding: boolean, { store, announce, onError }: Intake): DeliverySummary {
  try {
    const kept = store.add(delivery, { isForwarding });
    announce(kept, true);
    return kept;
  } catch (cause) {
    onError(new Error('A delivery is missing in the list', { cause }));
    const { rawHeaders: _headers, isMasked: _isMasked, body, ...rest } = delivery;
    const lost = { id: idOfLost, ...rest, bytes: body.length, forward: undefined, isForwarding };
    announce(lost, false);
    return lost;
  }
}

function settle(kept: DeliverySummary, forward: ForwardResult, { store, announce, onError }: Intake): void {
  let isListed = false;
  try {
    isListed = kept.id !== idOfLost && store.setForward(kept.id, forward);
  } catch (cause) {
    onError(new Error('The answer of the target is missing in the list', { cause }));
  }
  announce({ ...kept, forward, isForwarding: false }, isListed);
}

const notForwarded = (url: URL, error: string, reason: string): ForwardResult => ({
  url: withoutCredentials(url),
  status: undefined,
  durationMs: 0,
  error,
  reason,
  body: '',
});

const idOfLost = 0;
const nothing = new Uint8Array();

const bodyLimits: BodyLimits = { maxBytes: maxBodyBytes, timeoutMs: 10_000 };
