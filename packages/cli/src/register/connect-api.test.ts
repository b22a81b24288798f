import { describe, expect, it } from 'vitest';
import { processTerminal } from '../terminal/terminal.ts';
import { connectApi, toRestBase } from './connect-api.ts';

describe('toRestBase', () => {
  it.each([
    'https://crm.example.com',
    'https://crm.example.com/',
    'https://crm.example.com/rest',
    ' https://CRM.example.com:443/rest/?a=b#c\n',
    'https://crm.example.com/rest/webhooks',
  ])('%j', (text) => {
    expect(toRestBase(text)).toBe('https://crm.example.com/rest');
  });

  it('keeps a path before it', () => {
    expect(toRestBase('http://localhost:3000/crm/')).toBe('http://localhost:3000/crm/rest');
  });

  it.each(['crm.example.com', 'localhost:3000', 'ftp://crm.example.com', 'https://ada:canary@crm.example.com', ''])(
    '%j is refused, and not repeated',
    (text) => {
      expect(() => toRestBase(text)).toThrow(/^(?!.*canary)TWENTY_API_URL/);
    },
  );
});

it.each([
  ['http://crm.example.com', 1],
  ['https://crm.example.com', 0],
  ['http://localhost:3000', 0],
  ['http://[::1]:3000', 0],
])('%s: %i warnings that the key is sent without encryption', async (apiUrl, count) => {
  const notes: string[] = [];
  const terminal = {
    ...processTerminal(),
    env: { TWENTY_API_KEY: ' key\n' },
    note: (line: string) => void notes.push(line),
  };
  expect(await connectApi(terminal, { apiUrl })).toMatchObject({ key: 'key' });
  expect(notes).toEqual(Array.from({ length: count }, () => expect.stringContaining('without encryption')));
});
