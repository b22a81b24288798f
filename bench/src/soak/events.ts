import { randomUUID } from 'node:crypto';
import { sampleEvent } from '@twenty-webhooks/testing';
import type { Random } from './random.ts';

/** An event to be delivered. */
export interface SoakEvent {
  readonly body: Buffer;
  /** Names of the handlers that match it. */
  readonly handlers: readonly string[];
}

/** What the servers of a soak listen for: all events, and some of them once more. */
export const patterns = ['*.*', 'person.*'] as const;

/**
 * Make events, each another one. About half have two handlers. Some are changes of a few records, so that jobs have to wait
 * for each other; the rest are new records.
 */
export function makeEvents(count: number, random: Random): SoakEvent[] {
  const busyRecords = Array.from({ length: 1 + Math.floor(count / 100) }, () => randomUUID());
  return Array.from({ length: count }, (_, index) => {
    const object = random.happens(0.5) ? 'person' : 'company';
    const isBusy = random.happens(0.1);
    const id = isBusy ? busyRecords[random.below(busyRecords.length)] : randomUUID();
    const record = { id, updatedAt: new Date(epochMs + index).toISOString() };
    const event = sampleEvent(`${object}.${isBusy ? 'updated' : 'created'}`, { overrides: { record } });
    return {
      body: Buffer.from(JSON.stringify(event)),
      handlers: object === 'person' ? patterns : patterns.slice(0, 1),
    };
  });
}

const epochMs = Date.parse('2026-01-01T00:00:00Z');
