import type { Command } from 'commander';
import { action, createCommand } from '../terminal/create-command.ts';
import { addSecretOptions } from '../terminal/secrets.ts';
import type { VerifyCommandOptions } from './verify-options.ts';

export function verifyCommand(): Command {
  const command = createCommand('verify', {
    summary: 'say whether a delivery is genuine, and why not',
    description:
      'Say whether a saved delivery is genuine. If not, find out why, by trying what usually happens to bodies, headers and secrets, and name the line to change.',
    examples: [
      ['verify --body body.json --headers headers.txt', 'A body and its headers, saved by your server'],
      ['verify --body body.json --headers headers.txt --now signed', 'The same, however old it is'],
      [
        "verify --body - -H 'X-Twenty-Signature: sha256=…' < body.json",
        'Headers as for curl, body from standard input',
      ],
      ['verify --request request.txt --env-file .env', 'A raw HTTP request, with the secret of a .env file'],
      ['verify --request request.txt --json', 'For scripts: { genuine, cause, explanation, fix, … }'],
    ],
  })
    .option('--body <file>', 'the body, byte for byte; - for standard input')
    .option('--headers <file>', 'the headers: "Name: value" lines, output of curl -v, or JSON; - for standard input')
    .option('-H, --header <line>', "one header, 'Name: value'; several times for several", collect)
    .option('--request <file>', 'a raw HTTP request, head and body, in place of these; - for standard input')
    .option(
      '--now <time>',
      'judge the age as of this time: ISO 8601, milliseconds, or "signed" for any age (default: the clock)',
    )
    .option('--tolerance-seconds <number>', 'how old a delivery may be', '300');
  return addSecretOptions(command).action(
    action<VerifyCommandOptions>(async (terminal, options) => (await import('./verify.ts')).verify(terminal, options)),
  );
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
