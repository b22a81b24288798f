import { join } from 'node:path';
import {
  type EmbeddedInbox,
  type EmbeddedInboxOptions,
  type InboxInspection,
  memoryInbox,
} from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import type { OpenInboxIn } from '../properties/inboxes.ts';

export const forgetful: OpenInboxIn = (_folder, options) => memoryInbox(options);

/** A new file each time. */
export const losing: OpenInboxIn = (folder, options) => sqliteInbox(join(folder, `${Math.random()}.db`), options);

const changed =
  (change: (inbox: EmbeddedInbox) => Partial<EmbeddedInbox>): OpenInboxIn =>
  (_folder: string, options: EmbeddedInboxOptions) => {
    const inbox = memoryInbox(options);
    return {
      put: (...given) => inbox.put(...given),
      work: (worker) => inbox.work(worker),
      close: (given) => inbox.close(given),
      inspection: inbox.inspection,
      ...change(inbox),
    };
  };

const inspecting = (change: (inspection: InboxInspection) => Partial<InboxInspection>): OpenInboxIn =>
  changed(({ inspection }) => ({ inspection: { ...inspection, ...change(inspection) } }));

export const unchanged = changed(() => ({}));

export const neverStale = changed((inbox) => ({
  work: (worker) =>
    inbox.work({
      ...worker,
      handlerOf(name) {
        const run = worker.handlerOf(name);
        return run && ((event, context) => run(event, { ...context, isStale: false }));
      },
    }),
}));

/** Every put is new. */
export const alwaysNew = changed((inbox) => ({
  put: async (entry, options) => {
    await inbox.put(entry, options);
    return new Set(entry.jobs.map(({ key }) => key));
  },
}));

export const givesUpEarly = changed((inbox) => ({
  work: (worker) => inbox.work({ ...worker, retry: { ...worker.retry, attempts: 2 } }),
}));

export const retriesTooEarly = changed((inbox) => ({
  work: (worker) => inbox.work({ ...worker, retry: { ...worker.retry, minDelayMs: 10 } }),
}));

export const retriesEverything = inspecting((inspection) => ({
  retry: (which) =>
    inspection.retry(typeof which === 'string' ? which : which.state === undefined ? {} : { state: which.state }),
}));

export const purgesTooMuch = inspecting((inspection) => ({
  purge: (filter) => inspection.purge(filter?.state === undefined ? {} : { state: filter.state }),
}));

export const wrongPages = inspecting((inspection) => ({
  list: (options) => inspection.list({ ...options, before: undefined }),
}));
