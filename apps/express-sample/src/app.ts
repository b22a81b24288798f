import { type TwentyMiddleware, twentyWebhooks } from '@twenty-webhooks/express';
import express, { type Express } from 'express';
import { announceStage } from './handlers/deals.ts';
import { welcome } from './handlers/people.ts';
import { unindex } from './handlers/search.ts';
import { Journal } from './journal.ts';

export interface AppOptions {
  readonly secrets: readonly string[];
  /** The receiver's clock, milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** Make the app: webhooks come in at /webhooks/twenty, the journal can be read at /. */
export function createApp({ secrets, now }: AppOptions): { app: Express; webhooks: TwentyMiddleware } {
  const journal = new Journal();
  const webhooks = twentyWebhooks({
    secret: secrets,
    now,
    on: {
      'person.created': welcome(journal),
      '*.deleted': unindex(journal),
      '*.destroyed': unindex(journal),
    },
  });
  webhooks.receiver.on('opportunity.updated', { fields: ['stage'] }, announceStage(journal));
  webhooks.receiver.on('metadata.*.*', ({ event, data }) => {
    journal.add({ event, recordId: data.id, text: `noted a change of ${data.metadataName}` });
  });

  const app = express();
  // Before any body parser: signatures are over the bytes.
  app.use(webhooks);
  app.use(express.json());
  app.get('/', (_request, response) => {
    response.json(journal.entries);
  });
  return { app, webhooks };
}
