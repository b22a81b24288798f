import { inspect } from 'node:util';
import { WebhookError } from '@twenty-webhooks/core';
import { createDatabase, describeWith, findPostgres } from '@twenty-webhooks/services';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { explain, withoutData } from './postgres-errors.ts';

it('an error of ours stays as it is', () => {
  const error = new WebhookError('INBOX_INVALID', 'a');
  expect(explain(error)).toBe(error);
});

it('of several addresses the first one is named', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED' });
  expect(explain(new AggregateError([refused, new Error('b')]))).toMatchObject({
    code: 'INBOX_UNAVAILABLE',
    message: 'Postgres cannot be reached: connect ECONNREFUSED ::1:1',
  });
});

it.each([undefined, null, 'text', {}])('%s can be explained, too', (thrown) => {
  expect(explain(thrown).code).toBe('INBOX_UNAVAILABLE');
});

describeWith(await findPostgres(), 'an error of a Postgres server', ({ url, close }) => {
  it('is told without what the server was given', async () => {
    const own = await createDatabase(url);
    const client = new Client({ connectionString: own.url });
    await client.connect();
    const error = await client
      .query('SELECT * FROM json_to_recordset($1::text::json) AS x (data jsonb)', ['[{"data":"canary \\u0000 body"}]'])
      .catch((cause: unknown) => cause);
    // It would be.
    expect(inspect(error)).toContain('canary');
    expect(inspect(withoutData(error))).not.toContain('canary');
    expect(inspect(explain(error), { depth: 9 })).not.toContain('canary');
    await client.end();
    await own.drop();
    await close();
  });
});
