import { sampleEvent } from '@twenty-webhooks/testing';
import { expect, test } from 'vitest';
import { masked, maskSecrets } from './mask-secrets.ts';

const properties = {
  updatedFields: ['secret'],
  diff: { secret: { before: 'old secret', after: 'new secret' } },
  before: { id: '1', secret: 'old secret', targetUrl: 'https://example.com' },
  after: { id: '1', secret: 'new secret', secrets: ['a', { b: 'c' }], empty: { secret: '' }, none: { secret: null } },
};

test.each(['server', 'envelope'] as const)('every secret of a webhook event is masked, %s', (format) => {
  const overrides = format === 'server' ? { event: { properties } } : { data: { properties } };
  const body = sampleEvent('metadata.webhook.updated', { format, overrides });
  const shown = maskSecrets(body);
  expect(JSON.stringify(shown)).not.toMatch(/old secret|new secret|"a"|"c"/);
  expect(JSON.stringify(shown).replaceAll(masked, '')).toContain('"secret":{"before":"","after":""}}');
  expect(JSON.stringify(shown)).toContain('https://example.com');
  // What says that there is none stays: it is what somebody looks for.
  expect(JSON.stringify(shown)).toContain('"empty":{"secret":""},"none":{"secret":null}');
  expect(JSON.stringify(body)).toContain('new secret');
});

test.each([sampleEvent('person.created', { overrides: { record: { secret: 'mine' } } }), null, 'text', [1], 5])(
  'other bodies are the same value: %#',
  (body) => {
    expect(maskSecrets(body)).toBe(body);
  },
);
