import type { WireFormat } from '@twenty-webhooks/testing';
import {
  makeControl,
  makeFormatProbe,
  makeProbes,
  makeRefusalProbes,
  makeTamperedEnvelope,
  type ProbeSettings,
} from './make-probes.ts';
import type { ProbeResults } from './probe.ts';
import { Run } from './probe-run.ts';

export interface RunSettings extends ProbeSettings {
  readonly formats: readonly [WireFormat, ...WireFormat[]];
  /** Gets what is done now. */
  readonly onStep?: ((text: string) => void) | undefined;
}

export interface ProbeRun {
  readonly results: ProbeResults;
  /** Whether probes were sent at once because the endpoint takes its time. */
  readonly isCutShort: boolean;
}

/**
 * Send an endpoint all probes, one after the other. One that takes long gets the rest at once, and one that does not take
 * anything genuine gets only what tells why, so that a run takes less than half a minute.
 */
export async function runProbes(url: URL, settings: RunSettings): Promise<ProbeRun> {
  const run = new Run(url, settings);
  const [firstFormat, secondFormat] = settings.formats;
  let first = makeFormatProbe(firstFormat, settings);
  const second = secondFormat === undefined ? [] : [makeFormatProbe(secondFormat, settings)];
  await run.send([first]);
  if (run.isFailing(first.name)) {
    first = makeFormatProbe(firstFormat, settings);
    await run.sendAgain(first);
  }
  if (run.isOver) return run;
  // One that lost the first event by its slowness gets everything else at once: what else it takes is not known by then.
  const isTooSlow = run.isTooSlow;
  if (!isTooSlow) await run.send(second);
  if (run.isOver) return run;
  const taken = [first, ...second].find(({ name }) => run.isTaken(name));
  const isSecond = taken !== undefined && taken !== first;
  const format = isSecond && secondFormat !== undefined ? secondFormat : firstFormat;
  const unknown = isTooSlow ? second : [];
  const envelope = second.length > 0 && !isSecond ? [makeTamperedEnvelope(settings)] : [];
  if (taken === undefined) {
    await run.send([...unknown, ...makeRefusalProbes(firstFormat, first, settings), ...(isTooSlow ? envelope : [])]);
    return run;
  }
  await run.send([...unknown, ...envelope, ...makeProbes(format, taken, settings)]);
  if (run.isWorthControl) await run.sendLast(makeControl(format, settings));
  return run;
}
