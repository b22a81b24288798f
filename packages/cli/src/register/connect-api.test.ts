import { describe, expect, it } from 'vitest';
import { toRestBase } from './connect-api.ts';

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
