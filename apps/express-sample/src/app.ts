import { twentyWebhooks } from '@twenty-webhooks/express';
import type { EmbeddedInbox } from '@twenty-webhooks/sqlite';
import express from 'express';
import { announceStage } from './handlers/deals.ts';
import { welcome } from './handlers/people.ts';
import { noteChange } from './handlers/schema.ts';
import { unindex } from './handlers/search.ts';
import { Journal } from './journal.ts';

export interface AppOptions {
  readonly secrets: readonly string[];
  /** Keeps events until their handlers are done; closed with the receiver. */
  readonly inbox: EmbeddedInbox;
  /** `false`: handlers run in other processes. @default true */
  readonly work?: boolean;
}

/** Make the app: webhooks come in at /webhooks/twenty, the journal can be read at /, how many jobs there are at /jobs. */
export function createApp({ secrets, inbox, work = true }: AppOptions) {
  const journal = new Journal();
  const webhooks = twentyWebhooks({
    secret: secrets,
    inbox,
    work,
    on: {
      'person.created': welcome(journal),
      '*.deleted': unindex(journal),
      '*.destroyed': unindex(journal),
      'metadata.*.*': noteChange(journal),
    },
  });
  webhooks.receiver.on('opportunity.updated', { fields: ['stage'] }, announceStage(journal));

  const app = express();
  // Before any body parser: signatures are over the bytes.
  app.use(webhooks);
  app.use(express.json());
  app.get('/', (_request, response) => {
    response.json(journal.entries);
  });
  app.get('/jobs', async (_request, response) => {
    response.json(await inbox.inspection.counts());
  });
  return { app, webhooks };
}
