import { documentedEvents, sampleEvent } from '@twenty-webhooks/testing';
import { expect, it } from 'vitest';
import { tamperBody } from './tamper-body.ts';

const differences = (a: Uint8Array, b: Uint8Array): number => a.filter((byte, index) => byte !== b[index]).length;
const tampered = (text: string): string => Buffer.from(tamperBody(Buffer.from(text)) ?? []).toString();

it.each(['server', 'envelope'] as const)('changes one byte of every event and leaves it an event (%s)', (format) => {
  for (const name of documentedEvents) {
    const body = Buffer.from(JSON.stringify(sampleEvent(name, { format })));
    const before = Buffer.from(body);
    const copy = tamperBody(body) ?? body;
    expect(body).toEqual(before);
    expect(copy).toHaveLength(body.length);
    expect(differences(body, copy)).toBe(1);
    const parsed = JSON.parse(Buffer.from(copy).toString());
    expect(parsed.eventName ?? parsed.event).toBe(name);
    expect(JSON.stringify(parsed)).not.toBe(body.toString());
  }
});

it.each([
  ['{"a":"10"}', '{"a":"11"}'],
  ['{"a":true}', '{"b":true}'],
  ['{"a":"é\\n"}', '{"b":"é\\n"}'],
  ['["ü\\u00e9"]', '["ü\\u00e8"]'],
  ['["z"]', '["y"]'],
  ['["a"]', '["b"]'],
])('keeps JSON what it is: %s', (body, expected) => {
  expect(tampered(body)).toBe(expected);
});

it('changes the last byte of what is no JSON, or has nothing to change', () => {
  expect(tampered('hello')).not.toBe('hello');
  expect(tampered('[]')).not.toBe('[]');
  expect(differences(Buffer.from([0xff, 0x00]), tamperBody(Buffer.from([0xff, 0x00])) ?? Buffer.of())).toBe(1);
});

it('cannot change nothing', () => {
  expect(tamperBody(new Uint8Array())).toBeUndefined();
});
