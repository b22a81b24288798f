import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late timers of a process were. */
export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of a delay of `maxMs` or nearly: what the thread did meanwhile. */
  readonly worst: WorstDelay;
}

export interface WorstDelay {
  readonly delayMs: number;
  /** It computed. */
  readonly cpuMs: number;
  /** It could have gone on, but other processes had the CPU. `undefined` where the system does not say. */
  readonly queuedMs: number | undefined;
}

export interface LoopMeter {
  reset(): void;
  read(): LoopDelay;
}

/** Watch the event loop of this process. */
export function createLoopMeter(): LoopMeter {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let worst: WorstDelay = { delayMs: 0, cpuMs: 0, queuedMs: 0 };
  let last = now();
  const look = (): void => {
    const next = now();
    const delayMs = next.atMs - last.atMs - resolutionMs;
    if (delayMs > worst.delayMs) {
      const queuedMs =
        next.queuedMs === undefined || last.queuedMs === undefined ? undefined : next.queuedMs - last.queuedMs;
      worst = { delayMs, cpuMs: next.cpuMs - last.cpuMs, queuedMs };
    }
    last = next;
  };
  setInterval(look, resolutionMs).unref();
  // What Node records is the time between two ticks of a timer; what is more than asked for is the delay.
  const toMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
  return {
    reset() {
      histogram.reset();
      worst = { delayMs: 0, cpuMs: 0, queuedMs: 0 };
      last = now();
    },
    read: () => ({ p99Ms: toMs(histogram.percentile(99)), maxMs: toMs(histogram.max), worst }),
  };
}

interface Moment {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly queuedMs: number | undefined;
}

function now(): Moment {
  const { user, system } = process.threadCpuUsage();
  return { atMs: performance.now(), cpuMs: (user + system) / 1_000, queuedMs: readQueuedMs() };
}

/** How long the main thread has waited for a CPU so far, since other processes had it; Linux only. */
export function readQueuedMs(): number | undefined {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return undefined;
  }
}

const resolutionMs = 10;
