import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JobCode, outcomeTable, type SetupCode } from '@twenty-webhooks/core';
import { describe, expect, test } from 'vitest';
import { regenerate } from '../../scripts/generated-parts.ts';
import { markdownFiles, root } from '../../scripts/markdown-files.ts';
import { tableOf } from '../../scripts/table-of.ts';
import { withoutCodeBlocks } from './code-blocks.ts';
import { deadLinks } from './links.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe.each(markdownFiles())('%s', (file) => {
  test('has no stale generated part', () => {
    expect(regenerate(read(file)), 'Run: npx -y pnpm@10.34.8 generate').toBe(read(file));
  });

  test('has no dead link', () => {
    expect(deadLinks(file, read(file))).toEqual([]);
  });

  test('names only codes and variables that exist', () => {
    expect(unknownNames(file, read(file))).toEqual([]);
  });
});

test('node scripts/docs.ts --check agrees, without a build', () => {
  execFileSync(process.execPath, [join(root, 'scripts/docs.ts'), '--check'], { stdio: 'pipe' });
});

test('what every delivery becomes has a page, and stands in the README of core', () => {
  for (const file of ['docs/outcomes.md', 'packages/core/README.md']) {
    for (const name of Object.keys(outcomeTable)) expect(read(file), file).toContain(`| \`${name}\` |`);
  }
});

describe('the check is red for', () => {
  const outcomes = regenerate('<!-- generated: outcomes -->\n<!-- /generated -->');

  test('a row of a generated table that was changed by hand', () => {
    const changed = outcomes.replace('| 409 |', '| 200 |');
    expect(changed).not.toBe(outcomes);
    expect(regenerate(changed)).toBe(outcomes);
  });

  test.each([
    '<!-- generated: outcomes -->\n',
    '<!-- generated: outcome -->\n<!-- /generated -->',
    '<!-- generated:outcomes -->\n<!-- /generated -->',
    '<!-- generated: outcomes -->\n<!-- generated: options -->\n<!-- /generated -->',
  ])('marks that do not fit: %j', (markdown) => {
    expect(() => regenerate(markdown)).toThrow();
  });

  test.each([
    ['nowhere.md', 'Side by side', 'does not exist'],
    ['docs/choose-an-inbox.md', 'Nowhere', 'has no table'],
    ['docs/choose-an-inbox.md', 'Which one', 'has no table'],
    ['docs/get-started.md', '2. Receive it', 'has a link'],
  ])('a table to take over of %s, «%s»: it %s', (file, heading, message) => {
    expect(() => tableOf(file, heading)).toThrow(message);
  });

  test.each(['[a](nowhere.md)', '[a](#nowhere)', '[a](CONTRIBUTING.md#nowhere)', '[a]: nowhere.md', '![a](a.png)'])(
    'the dead link %s',
    (link) => {
      expect(deadLinks('README.md', `# Here\n\n${link}\n`)).toHaveLength(1);
    },
  );

  test.each(['[a](LICENSE)', '[a](#twice-1)', '[a](#a-code-and-it)', '[a](CONTRIBUTING.md#style)', '`[a](nowhere)`'])(
    'no link that leads somewhere: %s',
    (link) => {
      expect(deadLinks('README.md', `# Twice\n## Twice\n## A \`code\`, and it\n\n${link}\n`)).toEqual([]);
    },
  );

  test('a code that does not exist', () => {
    expect(unknownNames('README.md', 'Then it is `SIGNATURE_WRONG`.')).toEqual(['SIGNATURE_WRONG']);
  });
});

/** Names in capitals, in code or not, that are neither an error code nor a variable that is used somewhere. */
function unknownNames(file: string, markdown: string): readonly string[] {
  const names = withoutCodeBlocks(file, markdown).match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
  return names.filter((name) => !(name in outcomeTable) && !otherNames.has(name));
}

const setupCodes: readonly SetupCode[] = [
  'SECRET_MISSING',
  'OPTION_INVALID',
  'PATTERN_INVALID',
  'HANDLER_DUPLICATE',
  'HANDLERS_MISSING',
  'INBOX_INVALID',
];
const jobCodes: readonly JobCode[] = ['NON_RETRYABLE', 'RETRY_AFTER', 'HANDLER_MISSING', 'WORKER_LOST'];
/** An app's `.env.example` is complete, so what it does not have does not exist. */
function variablesOfApps(): readonly string[] {
  const files = globSync('apps/*/.env.example', { cwd: root });
  return files.flatMap((file) => [...read(file).matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name));
}

const otherNames: ReadonlySet<string> = new Set([
  ...setupCodes,
  ...jobCodes,
  ...variablesOfApps(),
  'REDIS_URL',
  // Of a user, in examples.
  'TWENTY_WEBHOOK_SECRETS',
  'REQUIRE_SERVICES',
  'CLUSTER_EVENTS',
  // Of the command line tool.
  'NO_COLOR',
  'TWENTY_INBOX',
  // Next's own.
  'NEXT_MANUAL_SIG_HANDLE',
  // Twenty's own.
  'OUTBOUND_HTTP_ALLOWED_INTERNAL_HOSTS',
  'NOT_NULL',
]);
