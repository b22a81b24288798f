import { isLoopback } from '../http/loopback.ts';
import { toHttpUrl } from '../http/send-request.ts';
import { shownUrl } from '../http/shown-url.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { findSecrets, type SecretOptions } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { diagnose } from './diagnose.ts';
import { judge } from './judge.ts';
import { report } from './report.ts';
import { type ProbeRun, type RunSettings, runProbes } from './run-probes.ts';

export interface DoctorOptions extends SecretOptions {
  readonly yes?: boolean;
  readonly format: 'both' | 'server' | 'envelope';
  readonly event: string;
}

/**
 * Find out what an endpoint does wrong.
 *
 * @throws URL_INVALID, TARGET_NOT_LOCAL, EVENT_INVALID, SECRET_MISSING, ENV_FILE_UNREADABLE
 */
export async function doctor(terminal: Terminal, target: string, options: DoctorOptions): Promise<CommandResult> {
  const url = toHttpUrl(target);
  if (!isLoopback(url.hostname) && options.yes !== true) {
    throw new CommandError(
      'TARGET_NOT_LOCAL',
      `${url.hostname} is not this machine. Its handlers would run on made-up records, in whatever they are connected to. Add --yes if it may.`,
    );
  }
  if (!/^[\p{L}\p{N}_-]+\.[\p{L}\p{N}_-]+$/u.test(options.event) || options.event.startsWith('metadata.')) {
    throw new CommandError('EVENT_INVALID', `--event takes the event of a record, like person.created`);
  }
  const [secret, ...unused] = await findSecrets(terminal, options);
  if (unused.length > 0) terminal.note('Of several secrets the first one signs.');
  terminal.note(`Sending probes to ${shownUrl(url)}`);
  terminal.note('Its handlers run, on made-up records.');
  const { results, isCutShort } = await runWithProgress(terminal, url, {
    secret,
    event: options.event,
    formats: options.format === 'both' ? ['server', 'envelope'] : [options.format],
  });
  const findings = diagnose(results);
  const probes = judge(results, findings);
  const faults = codesOf('fault');
  const warnings = codesOf('warning');
  function codesOf(verdict: 'fault' | 'warning'): readonly string[] {
    return [...new Set(findings.filter((finding) => finding.verdict === verdict).map(({ code }) => code))];
  }
  const healthy = faults.length === 0;
  return {
    exitCode: healthy ? exitCodes.ok : faults.includes('unreachable') ? exitCodes.unreachable : exitCodes.negative,
    json: { url: shownUrl(url), healthy, isCutShort, probes, faults, warnings },
    lines: report(terminal, { probes, findings, isCutShort }),
  };
}

async function runWithProgress(terminal: Terminal, url: URL, settings: RunSettings): Promise<ProbeRun> {
  const progress = terminal.progress();
  try {
    return await runProbes(url, { ...settings, onStep: (text) => progress.update(text) });
  } finally {
    progress.stop();
  }
}
