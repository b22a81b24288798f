import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { isAgreed } from '../terminal/is-agreed.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type InboxOptions, withInbox } from './open-inbox.ts';
import { parseAge } from './parse-age.ts';

export interface PurgeJobsOptions extends InboxOptions {
  readonly state: 'dead' | 'done';
  readonly olderThan?: string;
  readonly handler?: string;
  readonly object?: string;
  readonly yes?: boolean;
}

/** Forget jobs, by default the dead ones: bodies and errors are deleted, keys stay known. */
export function purgeJobs(terminal: Terminal, options: PurgeJobsOptions): Promise<CommandResult> {
  const { state, olderThan, handler, object } = options;
  const finishedBeforeMs = olderThan === undefined ? undefined : Date.now() - parseAge(olderThan);
  return withInbox(terminal, options, async ({ inspection, shown, progress }) => {
    const filters = [
      handler !== undefined && `of the handler ${JSON.stringify(handler)}`,
      object !== undefined && `of ${JSON.stringify(object)}`,
      olderThan !== undefined && `older than ${olderThan}`,
    ].filter((text) => text !== false);
    const { [state]: count } = await inspection.counts();
    progress.stop();
    if (count === 0) return forgotten(0, state);
    const which = filters.length === 0 ? `all ${count} ${state} jobs` : `the ${state} jobs ${filters.join(', ')}`;
    if (!(await isAgreed(terminal, options.yes, `Forget ${which} in ${shown}, for good?`))) {
      return { exitCode: exitCodes.negative, json: { purged: 0, state }, lines: ['Nothing was forgotten.'] };
    }
    const purging = terminal.progress();
    purging.update('Forgetting jobs');
    const purge = inspection.purge({ state, handler, object, finishedBeforeMs });
    return forgotten(await purge.finally(() => purging.stop()), state);
  });
}

function forgotten(purged: number, state: string): CommandResult {
  const lines = [
    `${purged} ${state} ${purged === 1 ? 'job is' : 'jobs are'} forgotten, with body and error.`,
    'Their keys stay known for the retention time of the inbox: a redelivery is still a duplicate.',
  ];
  return {
    exitCode: exitCodes.ok,
    json: { purged, state },
    lines: purged === 0 ? [`No ${state} job was there to be forgotten.`] : lines,
  };
}
