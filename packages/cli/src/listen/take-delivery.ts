import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BodyLimits, bodyError, type Outcome, type Receiver, toAnswer } from '@twenty-webhooks/core';
import { nodeBody, writeAnswer } from '@twenty-webhooks/core/node';
import type { HttpResult } from '../http/send-request.ts';
import { readFacts } from './body-facts.ts';
import type { DeliveryStore, NewDelivery } from './delivery-store.ts';
import type { DeliverySummary, ForwardResult } from './inspector-api.ts';
import { headersToPass, passOn, shownUrl } from './pass-on.ts';

/** What a delivery goes through. */
export interface Intake {
  readonly receiver: Pick<Receiver, 'receive'>;
  readonly store: DeliveryStore;
  readonly forwardUrl: URL | undefined;
  /** How long the target may take. */
  readonly timeoutMs: number | undefined;
  /** Aborts when nobody waits for answers of the target any more. */
  readonly signal: AbortSignal;
  /** Called when a delivery is kept, and again when the target has answered. */
  readonly announce: (delivery: DeliverySummary) => void;
  readonly onError: (error: Error) => void;
}

/** Take one request as a delivery: verify, keep, pass on, answer. */
export async function takeDelivery(request: IncomingMessage, response: ServerResponse, intake: Intake): Promise<void> {
  const receivedAtMs = Date.now();
  const { method = '', url = '', headers, rawHeaders } = request;
  const body = await readBytes(request);
  const whole = body instanceof Uint8Array ? body : undefined;
  const outcome = await intake.receiver.receive({ method, url, headers, body: whole ?? (() => Promise.reject(body)) });
  const { updatedFields: _fields, record: _record, ...facts } = await readFacts(whole ?? nothing);
  const delivery: NewDelivery = {
    receivedAtMs,
    method,
    path: url,
    status: outcome.status,
    code: 'code' in outcome ? outcome.code : undefined,
    reason: 'code' in outcome ? outcome.reason : undefined,
    scheme: schemeOf(outcome, request),
    ...facts,
    rawHeaders,
    body: whole ?? nothing,
  };
  const { forwardUrl } = intake;
  const kept = keep(delivery, forwardUrl !== undefined, intake);
  if (forwardUrl === undefined) return writeAnswer(response, toAnswer(outcome));
  if (whole === undefined) {
    settle(kept, notForwarded(forwardUrl, outcome), intake);
    return writeAnswer(response, toAnswer(outcome));
  }
  const passed = headersToPass(rawHeaders);
  const { result, forward } = await passOn(forwardUrl, { method, headers: passed, body: whole }, intake);
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

/** Also of a delivery that is refused: which of the two headers it brought. */
function schemeOf(outcome: Outcome, { headers }: IncomingMessage): DeliverySummary['scheme'] {
  if ('delivery' in outcome && outcome.delivery !== undefined) return outcome.delivery.scheme;
  if (headers['x-twenty-webhook-signature'] !== undefined) return 'timestamped';
  return headers['x-twenty-signature'] === undefined ? undefined : 'plain';
}

/** A delivery that cannot be kept is answered nevertheless: the inbox has it. */
function keep(
  delivery: NewDelivery,
  isForwarding: boolean,
  { store, announce, onError }: Intake,
): DeliverySummary | undefined {
  try {
    const kept = store.add(delivery, { isForwarding });
    announce(kept);
    return kept;
  } catch (cause) {
    onError(new Error('A delivery is missing in the list', { cause }));
    return undefined;
  }
}

function settle(kept: DeliverySummary | undefined, forward: ForwardResult, { store, announce, onError }: Intake): void {
  if (kept === undefined) return;
  try {
    const changed = store.setForward(kept.id, forward);
    // Else it was forgotten meanwhile, and no list has a place for it.
    if (changed !== undefined) announce(changed);
  } catch (cause) {
    onError(new Error('The answer of the target is missing in the list', { cause }));
  }
}

const notForwarded = (url: URL, outcome: Outcome): ForwardResult => ({
  url: shownUrl(url),
  status: undefined,
  durationMs: 0,
  error: 'NOT_FORWARDED',
  reason: `There was no whole body to pass on: ${'reason' in outcome ? outcome.reason : ''}`,
  body: '',
});

/** Answer as the target did. Never a 2xx that it did not give. */
function writeTargetAnswer(response: ServerResponse, result: HttpResult): void {
  if (result.kind === 'failure') {
    const isTimeout = result.code === 'TIMEOUT';
    const body = JSON.stringify({ error: isTimeout ? 'FORWARD_TIMEOUT' : 'FORWARD_FAILED' });
    writeAnswer(response, { status: isTimeout ? 504 : 502, headers: json, body });
    return;
  }
  const { status, headers, body } = result;
  if (response.headersSent || response.destroyed) return;
  for (const name of passedBack) {
    if (headers[name] !== undefined) response.setHeader(name, headers[name]);
  }
  response.writeHead(status).end(body);
}

const nothing = new Uint8Array();
const json = { 'content-type': 'application/json' };
// An encoding is part of what the body means.
const passedBack = ['content-type', 'content-encoding', 'location', 'retry-after', 'allow'];

const bodyLimits: BodyLimits = { maxBytes: 5 * 1024 * 1024, timeoutMs: 10_000 };
