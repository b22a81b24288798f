import { outcomeTable, type RejectionCode } from '@twenty-webhooks/core';
import type { Expectation } from './deliver.ts';

/** A body of either format, as far as it says which handler of the sample runs. */
interface Body {
  readonly record?: { readonly id: string };
  readonly event?: string | { readonly recordId: string };
  readonly updatedFields?: readonly string[];
  readonly data?: { readonly id?: string; readonly recordId?: string; readonly previousAttributes?: object | null };
}

/**
 * What the sample makes of a genuine delivery, the work of its handlers included: read off its list of handlers, not asked of the code under test.
 *
 * @param isKnown whether the same event was delivered before
 */
export function expectGenuine(event: string, bytes: Uint8Array, isKnown: boolean): Expectation {
  const body: Body = JSON.parse(new TextDecoder().decode(bytes));
  if (!isHandled(event, body)) return { status: 200, verdict: 'ignored', effects: [] };
  if (isKnown) return { status: 200, verdict: 'duplicate', effects: [] };
  return { status: 200, verdict: 'accepted', effects: [{ event, recordId: recordIdOf(body) }] };
}

/** What is made of everything else. */
export function expectRejected(code: RejectionCode): Expectation {
  return { status: outcomeTable[code][0], verdict: code, effects: [] };
}

function isHandled(event: string, { updatedFields, data }: Body): boolean {
  if (event === 'opportunity.updated') {
    return (updatedFields ?? Object.keys(data?.previousAttributes ?? {})).includes('stage');
  }
  return event === 'person.created' || /^metadata\.|\.(deleted|destroyed)$/.test(event);
}

function recordIdOf({ record, event, data }: Body): string {
  return record?.id ?? (typeof event === 'object' ? event.recordId : (data?.id ?? data?.recordId)) ?? '';
}
