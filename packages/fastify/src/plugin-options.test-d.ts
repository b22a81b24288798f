import type { PersonRecord } from '@twenty-webhooks/core';
import type { FastifyInstance } from 'fastify';
import { expectTypeOf, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

declare const app: FastifyInstance;

it('types handlers by their patterns', () => {
  app.register(twentyWebhooks, {
    prefix: '/api',
    on: {
      'person.updated': ({ action, data }) => {
        expectTypeOf(action).toEqualTypeOf<'updated'>();
        expectTypeOf(data.attributes).toEqualTypeOf<PersonRecord | null>();
      },
      'metadata.view.*': ({ kind }) => {
        expectTypeOf(kind).toEqualTypeOf<'metadata'>();
      },
    },
  });
});

it('refuses a misspelt action, and options that are none', () => {
  // @ts-expect-error no such action
  app.register(twentyWebhooks, { on: { 'person.creatd': () => {} } });
  // @ts-expect-error no such option
  app.register(twentyWebhooks, { tolerance: 10, on: {} });
});
