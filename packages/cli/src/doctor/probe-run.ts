import { setTimeout as sleep } from 'node:timers/promises';
import { basicCredentials } from '../http/basic-credentials.ts';
import { sendRequest } from '../http/send-request.ts';
import { isCut } from './explain-connection-error.ts';
import { isListening } from './is-listening.ts';
import { maskAnswer } from './mask-answer.ts';
import {
  isAccepted,
  isRedirect,
  isRefused,
  isTimeout,
  type Probe,
  type ProbeName,
  type ProbeResult,
  statusOf,
} from './probe.ts';

/** Sends probes one after the other, or what is left at once where they take long, and keeps what becomes of them. */
export class Run {
  readonly results: Map<ProbeName, ProbeResult> = new Map<ProbeName, ProbeResult>();
  /** Nobody listens any more, or everything is sent elsewhere. */
  isOver = false;
  isCutShort = false;
  readonly #url: URL;
  readonly #secrets: readonly string[];
  readonly #onStep: ((text: string) => void) | undefined;
  readonly #startedMs: number = performance.now();
  #timeoutMs: number = patienceMs;
  /** How long the last answer took. */
  #lastMs = 0;

  constructor(url: URL, { secret, onStep }: { readonly secret: string; readonly onStep?: OnStep | undefined }) {
    this.#url = url;
    this.#secrets = [secret, ...credentialsOf(url)];
    this.#onStep = onStep;
  }

  /** The last answer would have come too late for Twenty, or just in time. */
  get isTooSlow(): boolean {
    return this.#lastMs > tooSlowMs;
  }

  /** Whether a control tells something. Of what is slow only if there is something to explain: it would take its time. */
  get isWorthControl(): boolean {
    const all = [...this.results.values()];
    if (this.isOver || all.some(({ end }) => end === 'gone')) return false;
    return !this.isCutShort || all.some((one) => one.probe.expects === 'accept' && isRefused(one));
  }

  /** Whether a probe was answered with 5xx: that may have been a moment's. */
  isFailing(name: ProbeName): boolean {
    const result = this.results.get(name);
    return result !== undefined && statusOf(result) >= 500 && !this.#isSlow;
  }

  isTaken(name: ProbeName): boolean {
    const result = this.results.get(name);
    return result !== undefined && isAccepted(result);
  }

  async send(probes: readonly Probe[]): Promise<void> {
    for (const [index, probe] of probes.entries()) {
      if (this.isOver) this.#putUnsent([probe]);
      else if (this.#isSlow) return this.#sendAtOnce(probes.slice(index));
      else await this.#sendNext(probe);
    }
  }

  async sendAgain(probe: Probe): Promise<void> {
    const before = this.results.get(probe.name);
    await this.send([probe]);
    const result = this.results.get(probe.name);
    if (before && result && isAccepted(result)) {
      this.results.set(probe.name, { ...result, firstTry: statusOf(before) });
    }
  }

  /** Send it after a moment in which what was answered already may still fail. */
  async sendLast(probe: Probe): Promise<void> {
    await sleep(momentMs);
    const probed = await this.#sendOne(probe);
    const isGone = isRefusedConnection(probed);
    const end = isGone || mayBeGone(probed) ? await this.#endOf() : undefined;
    this.results.set(probe.name, { ...probed, end: end ?? (isGone ? 'restarted' : undefined) });
  }

  get #isSlow(): boolean {
    return this.#lastMs > slowMs || performance.now() - this.#startedMs > oneByOneMs;
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
    if (probes.length > 1) this.isCutShort = true;
    // In their places, whichever comes back first.
    this.#putUnsent(probes);
    const all = await Promise.all(probes.map((probe) => this.#sendOne(probe)));
    for (const probed of all) this.results.set(probed.probe.name, probed);
    const ended = all.filter((probed) => mayBeGone(probed) || isUnconnected(probed));
    const end = ended.length === 0 ? undefined : await this.#endOf();
    if (end === 'gone') for (const probed of ended) this.results.set(probed.probe.name, { ...probed, end });
  }

  async #sendOne(probe: Probe): Promise<ProbeResult & { readonly probe: Probe }> {
    const headers = { ...probe.headers, ...clientHeaders };
    const answer = await sendRequest(this.#url, { ...probe, headers, timeoutMs: this.#timeoutMs });
    const result = maskAnswer(answer, this.#secrets);
    this.#lastMs = result.durationMs;
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

/** The password of a URL, as it is and as it is sent. */
function credentialsOf(url: URL): readonly string[] {
  const [, basic = ''] = basicCredentials(url)?.split(' ') ?? [];
  return [decodeURIComponent(url.password), url.password, basic];
}

type OnStep = (text: string) => void;

/** Far beyond Twenty's limit, to tell slow from dead. */
const patienceMs = 12_000;
/** After the first time that there was no answer. */
const shortPatienceMs = 7_000;
/** What takes longer would make a run of all probes last a minute. */
const slowMs = 2_000;
/** Near enough to Twenty's 5 s. */
const tooSlowMs = 4_000;
/** So does what adds up: after this the rest goes out at once. */
const oneByOneMs = 8_000;
/** Enough for most of what handlers leave running. */
const momentMs = 300;
/** A supervisor needs about that long. */
const restartMs = 2_000;
