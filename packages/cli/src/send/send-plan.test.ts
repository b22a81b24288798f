import { expect, it } from 'vitest';
import { planSend, type SendOptions } from './send-plan.ts';

const given = { to: 'http://localhost:3000/x', times: '1', concurrency: '1' };
const plan = (options: Partial<SendOptions>, event?: string) => planSend({ ...given, ...options }, event);

it('takes the server format for a sample, and leaves that of a file open', () => {
  expect(plan({}, 'person.created').source).toEqual({ kind: 'sample', event: 'person.created', format: 'server' });
  expect(plan({ file: 'a' }).source).toEqual({ kind: 'file', file: 'a', format: undefined });
  expect(plan({ duplicate: true, unsigned: true }, 'person.created').twist).toBe('duplicate');
});

it.each<[code: string, options: Partial<SendOptions>, event: string | undefined]>([
  ['EVENT_MISSING', {}, undefined],
  ['EVENT_INVALID', {}, 'person'],
  ['OPTIONS_CONFLICT', { file: 'a' }, 'person.created'],
  ['URL_INVALID', { to: 'localhost:3000' }, 'person.created'],
  ['OPTION_INVALID', { format: 'Server' }, 'person.created'],
  ...['0', '-1', '1.5', '', ' 1', '1e3', '100001', '9999999999999999999999'].map(
    (times) => ['OPTION_INVALID', { times }, 'person.created'] as [string, Partial<SendOptions>, string],
  ),
  ['OPTION_INVALID', { concurrency: '1001' }, 'person.created'],
  ['OPTIONS_CONFLICT', { tamper: true, stale: true }, 'person.created'],
  ['OPTIONS_CONFLICT', { stale: true, duplicate: true }, 'person.created'],
  ['OPTIONS_CONFLICT', { stale: true, format: 'envelope' }, 'person.created'],
  ['OPTIONS_CONFLICT', { unsigned: true, tamper: true }, 'person.created'],
  ['OPTIONS_CONFLICT', { unsigned: true, stale: true }, 'person.created'],
  ['OPTIONS_CONFLICT', { unsigned: true, secret: ['s'] }, 'person.created'],
  ['SET_INVALID', { set: ['a'] }, 'person.created'],
])('%s: %j %s', (code, options, event) => {
  expect(() => plan(options, event)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
});

it.each(['1', '100000'])('takes --times %s', (times) => {
  expect(plan({ times }, 'person.created').times).toBe(Number(times));
});

it('warns of what is hardly meant, and refuses numbers that would be sent as null', () => {
  const { warnings } = plan({ set: ['n=12345678901234567890', 'm=9007199254740991', 'o=7'] }, 'person.creatd');
  expect(warnings).toEqual([
    expect.stringContaining('person.created'),
    expect.stringMatching(/--set n is sent as 12345678901234567000/),
  ]);
  expect(() => plan({ set: ['n=-1e400'] }, 'person.created')).toThrow(expect.objectContaining({ code: 'SET_INVALID' }));
});
