import type { WireFormat } from '@twenty-webhooks/testing';
import { sendRequest } from '../http/send-request.ts';
import { isCut } from './explain-connection-error.ts';
import { isListening } from './is-listening.ts';
import {
  makeFormatProbe,
  makeProbes,
  makeRefusalProbes,
  makeTamperedEnvelope,
  type ProbeSettings,
} from './make-probes.ts';
import {
  isAccepted,
  isRedirect,
  isTimeout,
  type Probe,
  type ProbeName,
  type ProbeResult,
  type ProbeResults,
} from './probe.ts';

export interface RunSettings extends ProbeSettings {
  readonly formats: readonly [WireFormat, ...WireFormat[]];
  /** Gets what is done now. */
  readonly onStep?: ((text: string) => void) | undefined;
}

export interface ProbeRun {
  readonly results: ProbeResults;
  /** Whether probes were sent at once, or fewer of them, because the endpoint takes its time. */
  readonly isCutShort: boolean;
}

/**
 * Send an endpoint all probes, one after the other. One that takes long gets the rest at once, and one that does not take
 * anything genuine gets only what tells why, so that a run takes less than half a minute.
 */
export async function runProbes(url: URL, settings: RunSettings): Promise<ProbeRun> {
  const run = new Run(url, settings.onStep);
  const [firstFormat, secondFormat] = settings.formats;
  const first = makeFormatProbe(firstFormat, settings);
  const second = secondFormat === undefined ? [] : [makeFormatProbe(secondFormat, settings)];
  await run.send([first]);
  if (run.isOver) return run;
  // Nothing but slowness is known of it so far: everything else goes out at once.
  const isSlowFirst = run.isSlow;
  if (!isSlowFirst) await run.send(second);
  if (run.isOver) return run;
  const taken = [first, ...second].find(({ name }) => run.isTaken(name));
  const rest = isSlowFirst ? second : [];
  if (taken === undefined) {
    await run.send([...rest, ...makeRefusalProbes(firstFormat, first, settings)]);
    return run;
  }
  const probes = makeProbes(taken === first ? firstFormat : (secondFormat ?? firstFormat), taken, settings);
  const isBoth = taken === first && firstFormat === 'server' && second.some(({ name }) => run.isTaken(name));
  await run.send([
    ...rest,
    ...probes.flatMap((probe) =>
      probe.name === 'tampered' && isBoth ? [probe, makeTamperedEnvelope(settings)] : [probe],
    ),
  ]);
  return run;
}

class Run implements ProbeRun {
  readonly results: Map<ProbeName, ProbeResult> = new Map<ProbeName, ProbeResult>();
  /** Nobody listens any more, or everything is sent elsewhere. */
  isOver = false;
  isSlow = false;
  isCutShort = false;
  readonly #url: URL;
  readonly #onStep: ((text: string) => void) | undefined;
  #timeoutMs: number = patienceMs;

  constructor(url: URL, onStep: ((text: string) => void) | undefined) {
    this.#url = url;
    this.#onStep = onStep;
  }

  isTaken(name: ProbeName): boolean {
    const result = this.results.get(name);
    return result !== undefined && isAccepted(result);
  }

  async send(probes: readonly Probe[]): Promise<void> {
    for (const [index, probe] of probes.entries()) {
      if (this.isOver) this.#putUnsent([probe]);
      else if (this.isSlow) return this.#sendAtOnce(probes.slice(index));
      else await this.#sendNext(probe);
    }
  }

  async #sendNext(probe: Probe): Promise<void> {
    this.#onStep?.(`Sending probe ${this.results.size + 1}: ${probe.sent}`);
    const before = [...this.results.values()].at(-1);
    let probed = await this.#sendOne(probe);
    if (before !== undefined && isRefusedConnection(probed)) {
      // It never got there: the one before has ended the endpoint after its answer.
      const end = await this.#endOf();
      this.results.set(before.probe.name, { ...before, end: end ?? 'restarted' });
      probed = end === 'gone' ? { probe, result: undefined } : await this.#sendOne(probe);
    } else if (mayBeGone(probed)) {
      probed = { ...probed, end: await this.#endOf() };
    }
    this.results.set(probe.name, probed);
    this.isOver =
      probed.result === undefined ||
      probed.end === 'gone' ||
      isUnconnected(probed) ||
      (probe.name.endsWith('-format') && isRedirect(probed));
  }

  async #sendAtOnce(probes: readonly Probe[]): Promise<void> {
    this.#onStep?.(`The endpoint is slow: sending ${probes.length} probes at once`);
    this.isCutShort = true;
    // In their places, whichever comes back first.
    this.#putUnsent(probes);
    const all = await Promise.all(probes.map((probe) => this.#sendOne(probe)));
    for (const probed of all) this.results.set(probed.probe.name, probed);
    const ended = all.filter((probed) => mayBeGone(probed) || isUnconnected(probed));
    const end = ended.length === 0 ? undefined : await this.#endOf();
    if (end === 'gone') for (const probed of ended) this.results.set(probed.probe.name, { ...probed, end });
  }

  async #sendOne(probe: Probe): Promise<ProbeResult & { readonly probe: Probe }> {
    const headers = { ...probe.headers, ...clientHeaders, ...credentialsOf(this.#url) };
    const result = await sendRequest(this.#url, { ...probe, headers, timeoutMs: this.#timeoutMs });
    if (result.durationMs > slowMs) this.isSlow = true;
    if (isTimeout({ probe, result })) this.#timeoutMs = Math.min(this.#timeoutMs, shortPatienceMs);
    return { probe, result };
  }

  #putUnsent(probes: readonly Probe[]): void {
    for (const probe of probes) this.results.set(probe.name, { probe, result: undefined });
  }

  async #endOf(): Promise<ProbeResult['end']> {
    if (await isListening(this.#url, 0)) return undefined;
    return (await isListening(this.#url, restartMs)) ? 'restarted' : 'gone';
  }
}

const mayBeGone = ({ result }: ProbeResult): boolean => result?.kind === 'failure' && isCut(result.code);

const isRefusedConnection = ({ result }: ProbeResult): boolean =>
  result?.kind === 'failure' && result.code === 'ECONNREFUSED';

/** Not even the request went out. */
const isUnconnected = (probed: ProbeResult): boolean =>
  probed.result?.kind === 'failure' && !isCut(probed.result.code) && !isTimeout(probed);

const clientHeaders = { accept: 'application/json, text/plain, */*', 'user-agent': 'twenty-webhooks doctor' };

/** Twenty sends the user and the password of a target URL like this. */
function credentialsOf({ username, password }: URL): { readonly authorization?: string } {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** Far beyond Twenty's limit, to tell slow from dead. */
const patienceMs = 15_000;
/** After the first time that there was no answer. */
const shortPatienceMs = 8_000;
/** What takes longer would make a run of all probes last a minute. */
const slowMs = 2_000;
/** A supervisor needs about that long. */
const restartMs = 2_000;
