import { verifySignature } from '@twenty-webhooks/core';
import { expect, test } from 'vitest';
import { checkProperty } from './check-property.ts';
import { realCore } from './core.ts';
import { agreementProperty } from './properties/agreement.ts';
import { buildsProperty } from './properties/builds.ts';
import { freshnessProperty } from './properties/freshness.ts';
import { idsProperty } from './properties/ids.ts';
import { parseProperty } from './properties/parse.ts';
import { patternsProperty } from './properties/patterns.ts';
import { recordFieldsProperty } from './properties/record-fields.ts';
import { secretFunctionProperty } from './properties/secret-function.ts';
import { storedJobsProperty } from './properties/stored-jobs.ts';
import { itFinds, itPasses } from './testdata/it-finds.ts';
import { idOf, madeWith, parsingBy } from './testdata/wrong-cores.ts';
import { receiversWhere } from './testdata/wrong-receivers.ts';

itFinds([
  [
    'parse: another member of an event',
    parseProperty(parsingBy((event) => (event.format === 'envelope' ? { workspaceId: 'w2' } : {}))),
  ],
  [
    'parse: bad bytes become other characters',
    parseProperty({ parseEvent: (body) => realCore.parseEvent(Buffer.from(Buffer.from(body).toString())) }),
  ],
  [
    'parse: it changes the bytes',
    parseProperty({ parseEvent: (body) => realCore.parseEvent(body).finally(() => body.fill(0)) }),
  ],
  [
    'parse: it throws something else',
    parseProperty({ parseEvent: (body) => realCore.parseEvent(body).catch(() => Promise.reject(new TypeError('x'))) }),
  ],
  [
    'parse: names are cut at the first dot',
    parseProperty(
      parsingBy((event) =>
        event.kind === 'record' ? { data: { ...event.data, object: event.event.split('.')[0] } } : {},
      ),
    ),
  ],
  ['parse: nobody did it', parseProperty(parsingBy(() => ({ actor: {} })))],
  ['parse: another webhook', parseProperty(parsingBy(() => ({ webhookId: 'x' })))],
  ['parse: another time', parseProperty(parsingBy(() => ({ timestamp: 'nonsense' })))],
  ['parse: all is of servers', parseProperty(parsingBy(() => ({ format: 'server' })))],
  ...Object.entries({ metadataName: '', type: '', diff: null, before: null, after: null }).map(
    ([name, blank]) =>
      [
        `parse: a change without its ${name}`,
        parseProperty(
          parsingBy((event) => (event.kind === 'metadata' ? { data: { ...event.data, [name]: blank } } : {})),
        ),
      ] as const,
  ),

  ['ids: of all bytes', idsProperty(parsingBy((_event, body) => ({ id: idOf(body) })))],
  [
    'ids: of the value made again',
    idsProperty(parsingBy(({ raw }) => ({ id: idOf(JSON.stringify({ ...(raw as object), eventDate: '' })) }))),
  ],
  [
    'ids: every date is left out',
    idsProperty(
      parsingBy((_event, body) => ({
        id: idOf(
          Buffer.from(body)
            .toString()
            .replace(/"eventDate"\s*:\s*"[^"]*"/g, ''),
        ),
      })),
    ),
  ],
  ['ids: of half a digest', idsProperty(parsingBy((event) => ({ id: event.id.slice(0, 6) })))],

  [
    'patterns: fields are not looked at',
    patternsProperty(receiversWhere((options) => ({ ...options, fields: undefined }))),
  ],
  [
    'patterns: a star is a pattern of anything',
    patternsProperty(
      receiversWhere(
        (options) => options,
        (pattern) => (pattern === '*.*' ? '*' : pattern),
      ),
    ),
  ],
  [
    'patterns: metadata.* is accepted',
    patternsProperty(
      receiversWhere(
        (options) => options,
        (pattern) => (pattern === 'metadata.*' ? 'metadata.*.*' : pattern),
      ),
    ),
  ],

  [
    'freshness: the border is too old',
    freshnessProperty({
      verifySignature: (body, headers, options) =>
        verifySignature(body, headers, { ...options, now: () => (options.now?.() ?? 0) + 1 }),
    }),
  ],
  [
    'freshness: one side only',
    freshnessProperty({
      verifySignature: (body, headers, options) =>
        verifySignature(body, headers, { ...options, toleranceSeconds: 2_147_483_647 }),
    }),
  ],

  [
    'agreement: the first secret only',
    agreementProperty({
      ...realCore,
      verifySignature: (body, headers, options) =>
        verifySignature(body, headers, { ...options, secret: options.secret[0] ?? '' }),
    }),
  ],
  ['agreement: another event', agreementProperty(parsingBy(() => ({ kind: 'unknown' })))],

  [
    'builds: the keys in another order',
    buildsProperty(
      realCore,
      madeWith((options) => ({ ...options, secret: [...(options.secret as string[])].reverse() })),
    ),
  ],
  [
    'builds: the same core, but another clock',
    buildsProperty(
      realCore,
      madeWith((options) => ({ ...options, now: () => 0 })),
    ),
  ],

  [
    'secret-function: anything is a text',
    secretFunctionProperty(
      madeWith((options) => ({ ...options, secret: async () => String(await (options.secret as () => unknown)()) })),
    ),
  ],
  [
    'secret-function: a failure is no secret',
    secretFunctionProperty(
      madeWith((options) => ({
        ...options,
        secret: async () => (options.secret as () => Promise<string>)().catch(() => ''),
      })),
    ),
  ],

  [
    'record-fields: amounts by division',
    recordFieldsProperty({
      ...realCore,
      amountOf: (field) => {
        const amount = realCore.amountOf(field);
        return amount && { ...amount, decimal: String(Number(amount.micros) / 1e6) };
      },
    }),
  ],
  [
    'record-fields: a name that is no text',
    recordFieldsProperty({ ...realCore, primaryPhone: (record) => record?.phone as string | undefined }),
  ],

  [
    'stored-jobs: a byte order mark is lost',
    storedJobsProperty({
      ...realCore,
      toStoredJobs: (entry) =>
        realCore.toStoredJobs(entry).map((job) => ({ ...job, body: new TextDecoder().decode(entry.body) })),
    }),
  ],
  [
    'stored-jobs: a time is lost',
    storedJobsProperty({ ...realCore, deliveryOf: (job) => ({ ...realCore.deliveryOf(job), signedAtMs: undefined }) }),
  ],
  [
    'stored-jobs: the first moment is none',
    storedJobsProperty({
      ...realCore,
      toStoredJobs: (entry) =>
        realCore.toStoredJobs(entry).map((job) => ({ ...job, changedAtMs: job.changedAtMs || undefined })),
    }),
  ],
]);

itPasses([
  ['a parser', parseProperty(parsingBy(() => ({})))],
  ['a registration', patternsProperty(receiversWhere((options) => options))],
]);

test('a finding leads to its case again', async () => {
  const property = parseProperty(parsingBy(() => ({ workspaceId: 'x' })));
  const finding = await checkProperty(property, { cases: 1_000, seed: 5 });
  expect(finding?.error).toBeInstanceOf(Error);
  const again = await checkProperty(property, { cases: 1, seed: finding?.seed ?? 0, path: finding?.path });
  expect(again?.script).toBe(finding?.script);
});
