import type { JsonObject } from './deep-merge.ts';
import { sampleEvent } from './sample-event.ts';

/** The secret of all receivers of the suites, save those of golden vectors. */
export const suiteSecret = 'canary-secret-5b1c7e';
/** Stands in the body of all events of the suites; nothing but the event may show it. */
export const bodyCanary = 'canary-body-9d2f4a';
/** What handlers of the suites throw; for the log, never for the sender. */
export const handlerCanary = 'canary-handler-3e8b60';

/** A fresh event in the server's format. */
export function freshEvent(name = 'person.created', record: JsonObject = {}): JsonObject {
  return sampleEvent(name, { overrides: { record: { jobTitle: bodyCanary, ...record } } });
}
