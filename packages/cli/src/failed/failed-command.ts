import { type Command, Option } from 'commander';
import { action, createCommand } from '../terminal/create-command.ts';
import type { ListJobsOptions } from './list-jobs.ts';
import type { PurgeJobsOptions } from './purge-jobs.ts';
import type { RetryJobsOptions } from './retry-jobs.ts';
import type { ShowJobOptions } from './show-job.ts';

export function failedCommand(): Command {
  const failed = createCommand('failed', {
    summary: 'dead jobs of an inbox',
    description: `Look at jobs whose handler failed for good, let them run again, forget them.\n\n${whichInbox}`,
    examples: [
      ['failed list --inbox inbox.sqlite', 'what has failed'],
      ['failed show 5f0c2a91 --inbox inbox.sqlite', 'one of them, with its error and its body'],
      ['failed retry 5f0c2a91 --inbox inbox.sqlite', 'run it again'],
      ['failed retry --all --handler won-deals', 'run all of a handler again, in the inbox of TWENTY_INBOX'],
      ['failed purge --older-than 30d', 'forget what is old'],
    ],
  });
  for (const command of [listJobsCommand(), showJobCommand(), retryJobsCommand(), purgeJobsCommand()]) {
    failed.addCommand(command);
  }
  failed.helpCommand(false);
  // `failed --json list` is `failed list --json`.
  return failed.hook('preSubcommand', (parent, command) => {
    if (parent.opts().json === true) command.setOptionValue('json', true);
  });
}

const listJobsCommand = (): Command =>
  withFilter(
    withInboxOptions(
      createCommand('list', {
        summary: 'list jobs, the newest first',
        description: 'List jobs, the dead ones or those of another state, the newest first, each with its last error.',
        examples: [['failed list --inbox inbox.sqlite --object person', 'those about people']],
      }),
    ),
  )
    .addOption(
      new Option('--state <state>', 'jobs of this state')
        .choices(['dead', 'waiting', 'running', 'done'])
        .default('dead'),
    )
    .option('--limit <count>', 'how many', '50')
    .action(
      action<ListJobsOptions>(async (terminal, options) =>
        (await import('./list-jobs.ts')).listJobs(terminal, options),
      ),
    );

const showJobCommand = (): Command =>
  withInboxOptions(
    createCommand('show', {
      summary: 'show one job',
      description:
        'Show one job: its facts, its error with the stack, its body. Secrets in metadata.webhook.* are masked.',
      examples: [
        ['failed show 5f0c2a91 --inbox inbox.sqlite', 'the beginning of a key is enough'],
        ['failed show 5f0c2a91 --inbox inbox.sqlite --raw > body.json', 'the bytes that were received'],
      ],
    }),
  )
    .argument('<key>', 'key of a job, or its beginning')
    .option('--raw', 'write the body, byte for byte, and nothing else')
    .option('-y, --yes', 'with --raw: also a body that may hold secrets')
    .action(
      action<ShowJobOptions>(async (terminal, options, [key]) =>
        (await import('./show-job.ts')).showJob(terminal, options, String(key)),
      ),
    );

const retryJobsCommand = (): Command =>
  withFilter(
    withInboxOptions(
      createCommand('retry', {
        summary: 'let jobs run again',
        description:
          'Let jobs run again, with all their attempts: in the app, as soon as one of its workers runs. Nothing is run here.',
        examples: [
          ['failed retry 5f0c2a91 77ab03d4 --inbox inbox.sqlite', 'two of them'],
          ['failed retry --all --inbox inbox.sqlite', 'all that are dead'],
        ],
      }),
    ),
  )
    .argument('[keys...]', 'keys of jobs, or their beginnings')
    .option('--all', 'all dead jobs, or those of --handler and --object')
    .action(
      action<RetryJobsOptions>(async (terminal, options, [keys]) =>
        (await import('./retry-jobs.ts')).retryJobs(terminal, options, Array.isArray(keys) ? keys : []),
      ),
    );

const purgeJobsCommand = (): Command =>
  withFilter(
    withInboxOptions(
      createCommand('purge', {
        summary: 'forget jobs',
        description:
          'Forget jobs: their bodies and errors are deleted. Their keys stay known, so that a redelivery is still a duplicate.',
        examples: [
          ['failed purge --inbox inbox.sqlite --older-than 30d --yes', 'dead for 30 days, without a question'],
        ],
      }),
    ),
  )
    .addOption(new Option('--state <state>', 'jobs of this state').choices(['dead', 'done']).default('dead'))
    .option('--older-than <age>', 'only those that ended so long ago: 30d, 12h, 45m')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked')
    .action(
      action<PurgeJobsOptions>(async (terminal, options) =>
        (await import('./purge-jobs.ts')).purgeJobs(terminal, options),
      ),
    );

const withInboxOptions = (command: Command): Command =>
  command
    .option('--inbox <place>', 'file or URL of the inbox, instead of TWENTY_INBOX; a password does not belong here')
    .option('-e, --env-file <file>', 'read TWENTY_INBOX from this file (.env)')
    .option('--queue <name>', 'queue in Postgres or Redis (default: twenty-webhooks)')
    .option('--schema <name>', 'schema of pg-boss in Postgres (default: pgboss)')
    .option('--prefix <text>', 'prefix of the keys in Redis (default: bull)');

const withFilter = (command: Command): Command =>
  command
    .option('--handler <name>', 'only jobs of this handler')
    .option('--object <name>', 'only jobs about this object: person');

const whichInbox = `The inbox is a file (inbox.sqlite), or a URL: postgres://, redis://, rediss://. A URL with a password does not belong in the shell history: set TWENTY_INBOX. For Postgres and Redis, @twenty-webhooks/postgres or /redis is taken from the project in this folder. An inbox is never made, and no job is run.`;
