import type { PersonRecord, StandardSchema } from '@twenty-webhooks/core';
import { expectTypeOf, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

declare const rocketSchema: StandardSchema<{ thrust: number }>;

it('types handlers by their patterns and schemas, in the options and on the receiver', () => {
  const { receiver } = twentyWebhooks({
    schemas: { rocket: rocketSchema },
    on: {
      'person.updated': ({ action, data }) => {
        expectTypeOf(action).toEqualTypeOf<'updated'>();
        expectTypeOf(data.attributes).toEqualTypeOf<PersonRecord | null>();
      },
    },
  });
  receiver.on('rocket.created', ({ data }) => {
    expectTypeOf(data.attributes).toEqualTypeOf<{ thrust: number } | null>();
  });
});

it('refuses a misspelt action', () => {
  // @ts-expect-error no such action
  twentyWebhooks({ on: { 'person.creatd': () => {} } });
});
