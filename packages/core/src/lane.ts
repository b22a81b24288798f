import type { EntryEvent } from './inbox.ts';

/**
 * What jobs that run one after the other have in common: the handler, and the record in its workspace. `undefined` for events
 * that are not about a record; their jobs wait for nobody.
 */
export function laneOf(handler: string, { workspaceId, record }: EntryEvent): string | undefined {
  return record && JSON.stringify([handler, workspaceId, record.object, record.id]);
}
