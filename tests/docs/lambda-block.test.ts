import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { goldenVectors } from '@twenty-webhooks/testing';
import { expect, test } from 'vitest';
import { allCodeBlocks } from './code-blocks.ts';
import { makeProject } from './project.ts';

// The handler in docs/serverless.md, called as AWS Lambda calls it: nothing must happen to the bytes on the way.

test('the Lambda handler sees the bytes of every golden vector', async () => {
  const block = allCodeBlocks().find(
    ({ file, code }) => file === 'docs/serverless.md' && code.includes('isBase64Encoded'),
  );
  // A receiver of the vector's secret and clock in the place of the one with a database.
  const code = (block?.code ?? '').replace(
    /const receiver = createReceiver\(\{[\s\S]*?\n\}\);/,
    'let receiver!: ReturnType<typeof createReceiver>;\nexport const use = (one: typeof receiver) => { receiver = one; };',
  );
  expect(code).toContain('export const use');
  const project = makeProject();
  try {
    project.write('handler.ts', code);
    const { createReceiver } = await import('@twenty-webhooks/core');
    const { handler, use } = await import(/* @vite-ignore */ pathToFileURL(join(project.folder, 'handler.ts')).href);
    const wrong: string[] = [];
    for (const { name, secrets, nowMs, headers, body, expected, id } of goldenVectors()) {
      use(
        createReceiver({ secret: secrets, now: () => nowMs, logger: { warn() {}, error() {} }, on: { '*': () => {} } }),
      );
      const request = { rawPath: '/', rawQueryString: '', headers, requestContext: { http: { method: 'POST' } } };
      const bytes = Buffer.from(body);
      const isText = Buffer.from(bytes.toString('utf8')).equals(bytes);
      const sent = isText
        ? { body: bytes.toString('utf8'), isBase64Encoded: false }
        : { body: bytes.toString('base64'), isBase64Encoded: true };
      const answer = await handler({ ...request, ...sent });
      const right = expected === 'valid' ? { status: 'handled', id } : { error: expected };
      if (JSON.stringify(right) !== answer.body) wrong.push(`${name}: ${answer.statusCode} ${answer.body}`);
    }
    expect(wrong).toEqual([]);
  } finally {
    project.remove();
  }
});
