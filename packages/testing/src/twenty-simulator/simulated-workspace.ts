import type { JsonObject } from '../deep-merge.ts';
import type { SimulatedRecord } from './record-changes.ts';
import type { RecordStore } from './record-store.ts';

/**
 * Change records as a user does in the app: events carry `userId` and `workspaceMemberId`. Objects are named in the
 * singular: person, company, opportunity, note, task, taskTarget, noteTarget, and the custom rocket. What comes back is
 * frozen: the state at that time. What cannot be done throws.
 */
export interface SimulatedWorkspace {
  /** `fields` may hold an `id`, and fields that Twenty does not have. Values must be JSON; a Date counts as its text. */
  create(object: string, fields?: JsonObject): SimulatedRecord;
  /** Composites are merged. If nothing changes there is no event. */
  update(object: string, id: string, fields: JsonObject): SimulatedRecord;
  /** Softly: it can be restored. */
  delete(object: string, id: string): SimulatedRecord;
  restore(object: string, id: string): SimulatedRecord;
  /** For good. Links to it (taskTarget, noteTarget) go too, other references become null; both without events. */
  destroy(object: string, id: string): SimulatedRecord;
  /** Soft-deleted ones too. */
  get(object: string, id: string): SimulatedRecord | undefined;
  /** Soft-deleted ones too, oldest first. */
  list(object: string): readonly SimulatedRecord[];
}

export function createSimulatedWorkspace(records: RecordStore): SimulatedWorkspace {
  return {
    create: (object, fields = {}) => records.create(object, fields, 'user'),
    update: (object, id, fields) => records.update(object, id, fields, 'user'),
    delete: (object, id) => records.delete(object, id, 'user'),
    restore: (object, id) => records.restore(object, id, 'user'),
    destroy: (object, id) => records.destroy(object, id, 'user'),
    get: records.get,
    list: records.list,
  };
}
