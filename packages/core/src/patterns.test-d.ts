import { describe, expectTypeOf, test } from 'vitest';
import type {
  CustomRecord,
  EventOf,
  MetadataAction,
  MetadataEvent,
  PatternOf,
  PersonRecord,
  RecordAction,
  RecordEvent,
  TwentyEvent,
  TwentyObjects,
} from './index.ts';

type ObjectOf<TEvent> = TEvent extends { kind: 'record'; data: { object: infer TObject } } ? TObject : never;
type ActionOf<TEvent> = TEvent extends { action: infer TAction } ? TAction : never;
type KindOf<TEvent> = TEvent extends { kind: infer TKind } ? TKind : never;

describe('EventOf', () => {
  test('a full name is one event', () => {
    expectTypeOf<EventOf<'person.updated'>>().toEqualTypeOf<RecordEvent<'person', 'updated', PersonRecord>>();
    expectTypeOf<EventOf<'rocket.launched'>>().toEqualTypeOf<RecordEvent<'rocket', 'launched', CustomRecord>>();
    expectTypeOf<EventOf<'metadata.view.updated'>>().toEqualTypeOf<MetadataEvent<'updated'>>();
  });

  test('object.* is one object and every action', () => {
    expectTypeOf<ObjectOf<EventOf<'person.*'>>>().toEqualTypeOf<'person'>();
    expectTypeOf<ActionOf<EventOf<'person.*'>>>().toEqualTypeOf<RecordAction>();
    expectTypeOf<ObjectOf<EventOf<'rocket.*'>>>().toEqualTypeOf<'rocket'>();
  });

  test('*.action is every object and one action', () => {
    expectTypeOf<ObjectOf<EventOf<'*.deleted'>>>().toEqualTypeOf<keyof TwentyObjects>();
    expectTypeOf<ActionOf<EventOf<'*.deleted'>>>().toEqualTypeOf<'deleted'>();
    expectTypeOf<KindOf<EventOf<'*.deleted'>>>().toEqualTypeOf<'record'>();
  });

  test('*.* is records and metadata, * is everything', () => {
    expectTypeOf<KindOf<EventOf<'*.*'>>>().toEqualTypeOf<'record' | 'metadata'>();
    expectTypeOf<EventOf<'*'>>().toEqualTypeOf<TwentyEvent>();
    expectTypeOf<EventOf<string>>().toEqualTypeOf<TwentyEvent>();
  });

  test('of metadata', () => {
    expectTypeOf<ActionOf<EventOf<'metadata.view.*'>>>().toEqualTypeOf<MetadataAction>();
    expectTypeOf<ActionOf<EventOf<'metadata.*.created'>>>().toEqualTypeOf<'created'>();
    expectTypeOf<KindOf<EventOf<'metadata.*.*'>>>().toEqualTypeOf<'metadata'>();
  });

  test('of other objects than the declared ones', () => {
    expectTypeOf<EventOf<'a.created', { a: { x: 1 } }>>().toEqualTypeOf<RecordEvent<'a', 'created', { x: 1 }>>();
    expectTypeOf<ObjectOf<EventOf<'*.created', { a: { x: 1 }; b: { y: 2 } }>>>().toEqualTypeOf<'a' | 'b'>();
  });
});

describe('PatternOf', () => {
  test('is the pattern itself where it can match', () => {
    expectTypeOf<PatternOf<'person.created'>>().toEqualTypeOf<'person.created'>();
    expectTypeOf<PatternOf<'person.*'>>().toEqualTypeOf<'person.*'>();
    expectTypeOf<PatternOf<'*.updated'>>().toEqualTypeOf<'*.updated'>();
    expectTypeOf<PatternOf<'*.*'>>().toEqualTypeOf<'*.*'>();
    expectTypeOf<PatternOf<'*'>>().toEqualTypeOf<'*'>();
    expectTypeOf<PatternOf<'rocket.launched'>>().toEqualTypeOf<'rocket.launched'>();
    expectTypeOf<PatternOf<'metadata.view.*'>>().toEqualTypeOf<'metadata.view.*'>();
    expectTypeOf<PatternOf<string>>().toEqualTypeOf<string>();
  });

  test('names the right ones where it is misspelt', () => {
    expectTypeOf<PatternOf<'person.creatd'>>().toEqualTypeOf<`person.${RecordAction | '*'}`>();
    expectTypeOf<PatternOf<'*.creatd'>>().toEqualTypeOf<`*.${RecordAction | '*'}`>();
    expectTypeOf<'person' extends PatternOf<'person'> ? true : false>().toEqualTypeOf<false>();
    expectTypeOf<'metadata.*' extends PatternOf<'metadata.*'> ? true : false>().toEqualTypeOf<false>();
    expectTypeOf<
      'metadata.view.creatd' extends PatternOf<'metadata.view.creatd'> ? true : false
    >().toEqualTypeOf<false>();
  });
});
