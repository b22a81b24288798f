import { memoryInbox, type PersonRecord, type StandardSchema } from '@twenty-webhooks/core';
import { expectTypeOf, it } from 'vitest';
import { twentyWebhooks } from './twenty-webhooks.ts';

declare const rocketSchema: StandardSchema<{ thrust: number }>;

it('types handlers by their patterns and schemas', () => {
  twentyWebhooks({
    schemas: { rocket: rocketSchema },
    on: {
      'person.updated': ({ action, data }) => {
        expectTypeOf(action).toEqualTypeOf<'updated'>();
        expectTypeOf(data.attributes).toEqualTypeOf<PersonRecord | null>();
      },
      'rocket.created': ({ data }) => {
        expectTypeOf(data.attributes).toEqualTypeOf<{ thrust: number } | null>();
      },
    },
  });
});

it('takes an inbox, or how to open one', () => {
  twentyWebhooks({ inbox: memoryInbox(), on: {} });
  twentyWebhooks({ inbox: () => memoryInbox(), on: {} });
  // @ts-expect-error that is the path of one
  twentyWebhooks({ inbox: 'inbox.sqlite', on: {} });
});

it('refuses a misspelt action, and options that are none', () => {
  // @ts-expect-error no such action
  twentyWebhooks({ on: { 'person.creatd': () => {} } });
  // @ts-expect-error no such option
  twentyWebhooks({ tolerance: 10, on: {} });
});
