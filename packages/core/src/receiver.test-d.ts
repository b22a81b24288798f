import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  type CustomRecord,
  createReceiver,
  type HandlerContext,
  type MetadataEvent,
  type Outcome,
  type PersonRecord,
  type Receiver,
  type ReceiverOptions,
  type RecordAction,
  type StandardSchema,
  type TwentyEvent,
  type TwentyObjects,
} from './index.ts';

const receiver = createReceiver({ secret: 's' });

describe('on', () => {
  test('narrows object, action and the fields of both wire formats', () => {
    receiver.on('person.updated', (event, context) => {
      expectTypeOf(event.kind).toEqualTypeOf<'record'>();
      expectTypeOf(event.event).toEqualTypeOf<'person.updated'>();
      expectTypeOf(event.action).toEqualTypeOf<'updated'>();
      expectTypeOf(event.data.object).toEqualTypeOf<'person'>();
      expectTypeOf(event.data.attributes).toEqualTypeOf<PersonRecord | null>();
      expectTypeOf(event.data.attributes?.name?.lastName).toEqualTypeOf<string | null | undefined>();
      expectTypeOf(event.data.attributes?.lastName).toEqualTypeOf<string | null | undefined>();
      expectTypeOf(context).toEqualTypeOf<HandlerContext>();
      expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
    });
  });

  test('takes options in the middle', () => {
    receiver.on(
      'opportunity.updated',
      { fields: ['stage'], name: 'won-deals' },
      async ({ data }, { idempotencyKey }) => {
        expectTypeOf(data.attributes?.amount?.amountMicros).toEqualTypeOf<number | string | null | undefined>();
        expectTypeOf(idempotencyKey).toEqualTypeOf<string>();
      },
    );
    // @ts-expect-error misspelt option
    receiver.on('opportunity.updated', { field: ['stage'] }, () => {});
  });

  test('wildcards give a union that narrows', () => {
    receiver.on('*.updated', ({ kind, action, data }) => {
      expectTypeOf(kind).toEqualTypeOf<'record'>();
      expectTypeOf(action).toEqualTypeOf<'updated'>();
      if (data.object === 'task') expectTypeOf(data.attributes?.dueAt).toEqualTypeOf<string | null | undefined>();
    });
    receiver.on('company.*', (event) => {
      expectTypeOf(event.data.object).toEqualTypeOf<'company'>();
      expectTypeOf(event.action).toEqualTypeOf<RecordAction>();
      if (event.action === 'created') expectTypeOf(event.event).toEqualTypeOf<'company.created'>();
    });
    receiver.on('*.*', (event) => {
      if (event.kind === 'metadata') expectTypeOf(event.data.metadataName).toEqualTypeOf<string>();
      if (event.kind === 'record' && event.data.object === 'note')
        expectTypeOf(event.data.attributes?.title).toEqualTypeOf<string | null | undefined>();
    });
    receiver.on('*', (event) => {
      expectTypeOf(event).toEqualTypeOf<TwentyEvent>();
      if (event.kind === 'unknown') expectTypeOf(event.event).toEqualTypeOf<string>();
    });
    receiver.on('metadata.*.deleted', (event) => expectTypeOf(event).toEqualTypeOf<MetadataEvent<'deleted'>>());
  });

  test('takes custom objects, untyped', () => {
    receiver.on('rocket.created', ({ data }) => {
      expectTypeOf(data.object).toEqualTypeOf<'rocket'>();
      expectTypeOf(data.attributes).toEqualTypeOf<CustomRecord | null>();
      expectTypeOf(data.attributes?.thrust).toEqualTypeOf<unknown>();
    });
    receiver.on('rocket.launched', () => {});
  });

  test('takes augmented objects, typed', () => {
    // Declared in events.test-d.ts: the tests are one program, as a user's sources are.
    receiver.on('augmentedRocket.created', ({ data }) => {
      expectTypeOf(data.attributes?.thrust).toEqualTypeOf<number | undefined>();
    });
    // @ts-expect-error so that its actions are known too
    receiver.on('augmentedRocket.creatd', () => {});
  });

  test('refuses what cannot match', () => {
    // @ts-expect-error misspelt action of a standard object
    receiver.on('person.creatd', () => {});
    // @ts-expect-error misspelt action of all objects
    receiver.on('*.creatd', () => {});
    // @ts-expect-error no action
    receiver.on('person', () => {});
    // @ts-expect-error misspelt action, with options
    receiver.on('person.creatd', { name: 'x' }, () => {});
    // @ts-expect-error no handler
    receiver.on('person.created');
    // @ts-expect-error no function
    receiver.on('person.created', 'handler');
    // @ts-expect-error metadata events have three parts
    receiver.on('metadata.*', () => {});
    // @ts-expect-error misspelt action of metadata
    receiver.on('metadata.view.creatd', () => {});
  });

  test('takes a pattern that is only known at run time', () => {
    const pattern: string = 'person.created';
    receiver.on(pattern, (event) => expectTypeOf(event).toEqualTypeOf<TwentyEvent>());
  });

  test('takes a handler for more events than the pattern has, and for none fewer', () => {
    const any = (event: TwentyEvent): string => event.id;
    receiver.on('person.created', any).on('*', any);
    const deleted = (event: Extract<TwentyEvent, { event: 'person.deleted' }>): string => event.id;
    receiver.on('person.deleted', deleted);
    // @ts-expect-error it would get other events
    receiver.on('person.*', deleted);
  });

  test('chains', () => {
    expectTypeOf(receiver.on('*', () => {})).toEqualTypeOf<Receiver>();
  });
});

describe('the map of handlers', () => {
  test('narrows per key', () => {
    createReceiver({
      on: {
        'person.created': ({ event, data }, { signal }) => {
          expectTypeOf(event).toEqualTypeOf<'person.created'>();
          expectTypeOf(data.attributes).toEqualTypeOf<PersonRecord | null>();
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        },
        'opportunity.*': async ({ action, data }) => {
          expectTypeOf(action).toEqualTypeOf<RecordAction>();
          expectTypeOf(data.attributes?.stage).toEqualTypeOf<string | null | undefined>();
        },
        '*.deleted': ({ data }) => {
          expectTypeOf(data.object).toEqualTypeOf<keyof TwentyObjects>();
        },
        'rocket.created': ({ data }) => {
          expectTypeOf(data.attributes?.thrust).toEqualTypeOf<unknown>();
        },
        'metadata.view.*': ({ data }) => {
          expectTypeOf(data.metadataName).toEqualTypeOf<string>();
        },
        '*': (event) => {
          expectTypeOf(event).toEqualTypeOf<TwentyEvent>();
        },
      },
    });
  });

  test('refuses what cannot match', () => {
    // @ts-expect-error misspelt action of a standard object
    createReceiver({ on: { 'person.creatd': () => {} } });
    // @ts-expect-error misspelt action of all objects
    createReceiver({ on: { 'person.created': () => {}, '*.creatd': () => {} } });
    // @ts-expect-error no action
    createReceiver({ on: { person: () => {} } });
    // @ts-expect-error no function
    createReceiver({ on: { 'person.created': 'handler' } });
    // @ts-expect-error a field that people do not have
    createReceiver({ on: { 'person.created': ({ data }) => data.attributes?.stage } });
  });

  test('may be made elsewhere', () => {
    const on = { 'person.created': ({ data }: { data: { id: string } }) => data.id };
    createReceiver({ on });
  });
});

describe('schemas', () => {
  const byHand: StandardSchema<{ thrust: number }> = {
    '~standard': { version: 1, vendor: 'x', validate: () => ({ value: { thrust: 1 } }) },
  };

  test('type a custom object, in the map and in on', () => {
    const typed = createReceiver({
      schemas: { rocket: byHand },
      on: {
        'rocket.created': ({ data }) => {
          expectTypeOf(data.attributes).toEqualTypeOf<{ thrust: number } | null>();
        },
        'person.created': ({ data }) => {
          expectTypeOf(data.attributes).toEqualTypeOf<PersonRecord | null>();
        },
        '*.created': ({ data }) => {
          expectTypeOf(data.object).toEqualTypeOf<keyof TwentyObjects | 'rocket'>();
        },
      },
    });
    typed.on('rocket.updated', ({ data }) => {
      expectTypeOf(data.attributes).toEqualTypeOf<{ thrust: number } | null>();
      expectTypeOf(data.previousAttributes).toEqualTypeOf<Partial<{ thrust: number }> | null>();
    });
    // @ts-expect-error its actions are known now
    typed.on('rocket.launchd', () => {});
    // @ts-expect-error in the map too
    createReceiver({ schemas: { rocket: byHand }, on: { 'rocket.launchd': () => {} } });
  });

  test('of Zod type by their output', () => {
    const rocket = z.object({ thrust: z.coerce.number(), name: z.string().optional() });
    createReceiver({
      on: {
        'rocket.created': ({ data }) => {
          expectTypeOf(data.attributes?.thrust).toEqualTypeOf<number | undefined>();
          expectTypeOf(data.attributes?.name).toEqualTypeOf<string | undefined>();
        },
      },
      schemas: { rocket },
    }).on('rocket.*', ({ data }) => {
      expectTypeOf(data.attributes?.thrust).toEqualTypeOf<number | undefined>();
    });
  });

  test('take the place of a declared object', () => {
    createReceiver({ schemas: { person: byHand } }).on('person.created', ({ data }) => {
      expectTypeOf(data.attributes).toEqualTypeOf<{ thrust: number } | null>();
    });
  });

  test('are Standard Schemas', () => {
    // @ts-expect-error no schema
    createReceiver({ schemas: { rocket: { thrust: 'number' } } });
  });
});

describe('options', () => {
  test('are what the receiver takes', () => {
    createReceiver();
    createReceiver({ secret: ['a', 'b'] });
    createReceiver({ secret: ({ url, headers }) => `${url}${typeof headers}` });
    createReceiver({ secret: async () => ['a'] as const });
    createReceiver({ secret: undefined, on: undefined, schemas: undefined });
    createReceiver({ idempotency: 'off', logger: console, observe: (one) => one.status === 'late' && one.handlerName });
    // @ts-expect-error misspelt
    createReceiver({ secrets: 'a' });
    // @ts-expect-error no such word
    createReceiver({ unsigned: true });
    // @ts-expect-error no such scheme
    createReceiver({ signatures: ['hmac'] });
    // @ts-expect-error a number
    createReceiver({ toleranceSeconds: '300' });
  });

  test('can be named', () => {
    const options: ReceiverOptions = { secret: 'a' };
    createReceiver(options);
  });
});

test('an outcome narrows by status', () => {
  const outcome = {} as Outcome;
  if (outcome.status === 'rejected') expectTypeOf(outcome.code).toExtend<string>();
  else if (outcome.status === 'failed') expectTypeOf(outcome.event).toEqualTypeOf<TwentyEvent | undefined>();
  else expectTypeOf(outcome.event).toEqualTypeOf<TwentyEvent>();
  // @ts-expect-error only where something went wrong
  outcome.code;
});
