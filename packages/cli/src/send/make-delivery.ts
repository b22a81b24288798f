import { parseEvent } from '@twenty-webhooks/core';
import { type SignedDelivery, sampleEvent, signDelivery, type WireFormat } from '@twenty-webhooks/testing';
import { CommandError } from '../terminal/command-error.ts';
import { readInput } from '../terminal/read-input.ts';
import { type SendPlan, timelessSignature } from './send-plan.ts';
import { applySetting, isObject } from './setting.ts';
import { tamperBody } from './tamper-body.ts';

/** Where the bodies of deliveries come from. */
export interface BodySource {
  /** What the body says that it is; `undefined` for what is no event. */
  readonly event: string | undefined;
  readonly format: WireFormat;
  /** The next event; of a file the same one every time. */
  nextBody(): Uint8Array;
}

/** Prepare what a plan sends. @throws FILE_UNREADABLE, FILE_NOT_JSON, SET_INVALID, OPTIONS_CONFLICT, TAMPER_IMPOSSIBLE */
export async function openBodySource({ source, settings, twist }: SendPlan): Promise<BodySource> {
  if (source.kind === 'sample') {
    const { event, format } = source;
    const nextBody = (): Uint8Array => toBytes(settings.reduce(applySetting, sampleEvent(event, { format })));
    // A path that cannot be set is told before anything is sent; and --set may have changed the name.
    const parsed = await parseEvent(nextBody()).catch(() => undefined);
    return { event: parsed?.event, format, nextBody };
  }
  const bytes = await readInput(source.file);
  const body = settings.length === 0 ? bytes : toBytes(settings.reduce(applySetting, parseObject(bytes, source.file)));
  if (twist === 'tamper' && body.length === 0) {
    throw new CommandError('TAMPER_IMPOSSIBLE', `${source.file} is empty: there is no byte to change.`);
  }
  const parsed = await parseEvent(body).catch(() => undefined);
  const format = source.format ?? parsed?.format ?? 'server';
  if (twist === 'stale' && format === 'envelope') throw timelessSignature();
  return { event: parsed?.event, format, nextBody: () => body };
}

/** Sign a body as the plan wants it; with the secret `''` it is unsigned. */
export function signAsPlanned(
  body: Uint8Array,
  format: WireFormat,
  secret: string,
  twist: SendPlan['twist'],
): SignedDelivery {
  const timestamp = twist === 'stale' ? Date.now() - staleMs : undefined;
  const delivery = signDelivery(body, { secret, format, timestamp });
  const tampered = twist === 'tamper' ? tamperBody(delivery.body) : undefined;
  return tampered === undefined ? delivery : { ...delivery, body: tampered };
}

// Twice what receivers tolerate.
const staleMs = 10 * 60 * 1_000;

const toBytes = (body: object): Uint8Array => new TextEncoder().encode(JSON.stringify(body));

function parseObject(bytes: Uint8Array, file: string): { readonly [name: string]: unknown } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Told below; the parser's own message quotes the body.
  }
  if (isObject(parsed)) return parsed;
  throw new CommandError('FILE_NOT_JSON', `${file} is no JSON object, so --set cannot change it.`);
}
