import { sampleEvent } from '@twenty-webhooks/testing';
import { expect, test } from 'vitest';
import { masked, maskSecrets, maskSecretsOfText } from './mask-secrets.ts';

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
  expect(JSON.stringify(shown)).toContain(`"secret":"${masked}"`);
  expect(JSON.stringify(shown)).toContain('https://example.com');
  expect(JSON.stringify(body)).toContain('new secret');
});

test('what is known to be harmless stays, and what says that there is no secret', () => {
  const body = {
    eventName: 'metadata.webhook.updated',
    eventDate: '2026-01-01T00:00:00.000Z',
    event: {
      metadataName: 'webhook',
      recordId: '1',
      properties: {
        updatedFields: ['targetUrl'],
        diff: { targetUrl: { before: 'https://a.example/x', after: 'https://b.example/x' } },
        after: { id: '1', operations: ['person.*'], isCustom: null, secret: '', description: null },
      },
    },
  };
  expect(maskSecrets({ ...body, event: { ...body.event } })).toEqual({
    ...body,
    event: {
      ...body.event,
      properties: {
        ...body.event.properties,
        after: { id: '1', operations: ['person.*'], [masked]: null, secret: '', description: null },
      },
    },
  });
});

test.each(['[', '{"a":', '{"secret":'])('depth is no way around it, nor a fault: %s', (opening) => {
  const closing = opening === '[' ? ']' : '}';
  const deep = `${opening.repeat(20_000)}"kept"${closing.repeat(20_000)}`;
  const shown = JSON.stringify(maskSecrets(JSON.parse(`{"eventName":"metadata.webhook.updated","a":${deep}}`)));
  expect(shown).toContain(masked);
  expect(shown).not.toContain('kept');
});

test.each([
  sampleEvent('person.created', { overrides: { record: { secret: 'mine' } } }),
  null,
  'text',
  [1],
  5,
  { eventName: 'metadata.webhook.deleted', event: { recordId: '1', type: 'deleted' } },
])('other bodies are the same value: %#', (body) => {
  expect(maskSecrets(body)).toBe(body);
});

const hidden = 'HIDDEN0123';
const event = {
  eventName: 'metadata.webhook.updated',
  event: { properties: { after: { id: 'w1', secret: hidden, targetUrl: 'https://a.example/x' } } },
};
const text = JSON.stringify(event);
const inEvent = (members: object): string => JSON.stringify({ ...event, event: members });

test.each<[string, string]>([
  ['as it is', text],
  ['with white space', JSON.stringify(event, null, 2)],
  ['with a byte order mark', `\ufeff${text}`],
  ['in a string', JSON.stringify(text)],
  ['in a string in a string', JSON.stringify(JSON.stringify(text))],
  ['in an array', `[${text}]`],
  ['wrapped', JSON.stringify({ data: event })],
  ['wrapped by another name', JSON.stringify({ payload: event })],
  ['wrapped as text', JSON.stringify({ body: text })],
  ['with the event as text', inEvent(JSON.stringify(event.event) as never)],
  ['with a second name behind', `${text.slice(0, -1)},"eventName":"person.created"}`],
  ['with a second name before', `{"eventName":"person.created",${text.slice(1)}`],
  ['with a second secret', text.replace('"secret":', '"secret":null,"secret":')],
  ['with a second secret that is empty', text.replace(`"${hidden}"`, `"${hidden}","secret":""`)],
  ['with an escape in the name', text.replace('webhook', 'web\\u0068ook')],
  ['with an escape in the name, in a string', JSON.stringify(text.replace('webhook', 'web\\u0068ook'))],
  ['with an escaped escape', JSON.stringify(text.replace('webhook', 'web\\u0068ook')).replaceAll('\\', '\\u005c')],
  ['in capitals', text.replace('metadata.webhook', 'Metadata.WebHook')],
  ['cut off', text.slice(0, -3)],
  ['cut off, with an escape in the name', text.replace('webhook', 'web\\u0068ook').slice(0, -3)],
  ['with something behind', `${text}x`],
  ['in a form', `payload=${encodeURIComponent(text)}`],
  ['in UTF-16', Buffer.from(text, 'utf16le').toString()],
  ['in pairs', inEvent({ fields: [{ name: 'secret', before: hidden, after: hidden }] })],
  ['in an unknown member', inEvent({ note: hidden })],
  ['in a sentence', inEvent({ description: `secret=${hidden}` })],
  ['as a name', inEvent({ [hidden]: 1 })],
  ['in a query', inEvent({ targetUrl: `https://a.example/?token=${hidden}` })],
  ['as a password', inEvent({ targetUrl: `https://me:${hidden}@a.example/` })],
  ['as a number', inEvent({ secret: 123 }).replace('123', '70123')],
  ['before and after', inEvent({ before: hidden, after: hidden })],
  ['of a prototype', inEvent({}).replace('{}', `{"__proto__":{"secret":"${hidden}"},"constructor":"${hidden}"}`)],
])('a secret is not shown %s', (_how, body) => {
  const shown = maskSecretsOfText(body);
  expect(shown).not.toBe(body);
  expect(shown.replaceAll('\0', '')).not.toMatch(/HIDDEN0123|70123/);
});

test('text that names no such event stays as it is, and no backslashes take long', () => {
  for (const plain of ['', 'x', '{"a" : "\\u0041"}', '{"eventName":"metadata.view.updated","secret":"x"}']) {
    expect(maskSecretsOfText(plain)).toBe(plain);
  }
  const startedMs = performance.now();
  maskSecretsOfText('\\'.repeat(5_000_000));
  maskSecretsOfText('\\u005cu005c'.repeat(400_000));
  // Some 0.2 s; what looks at each run of them again and again takes hours.
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
