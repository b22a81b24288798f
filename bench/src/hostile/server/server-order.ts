import type { LoopDelay } from './loop-meter.ts';

/** What a server under attack has to be. */
export interface ServerOrder {
  readonly framework: Framework;
  readonly inboxFile: string;
  /** Settings of the receiver that are not the default ones. */
  readonly bodyTimeoutMs?: number | undefined;
  /** Settings of Node's server that are not the default ones. */
  readonly node?: NodeLimits | undefined;
}

/** Of `http.createServer`, by its names. */
export interface NodeLimits {
  /** Milliseconds, as all of these. */
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
  readonly connectionsCheckingInterval?: number;
}

export const frameworks = ['express', 'fastify', 'hono', 'next', 'node'] as const;
/** `no limits`: what must not pass. */
export type Framework = (typeof frameworks)[number] | 'no limits';

/** What a server can be asked. */
export type Question = 'begin' | 'measure' | 'sockets' | 'heap';

/** How it fared since `begin`. */
export interface ServerMeasures {
  readonly loop: LoopDelay;
  /** The longest pause for the garbage collector. */
  readonly longestGcMs: number;
  /** Resident memory, once in 250 ms. */
  readonly residentBytes: readonly number[];
  readonly mostSockets: number;
  readonly cpuMs: number;
  /** How long its main thread waited for a CPU, since other processes had it. `undefined` where the system does not say. */
  readonly queuedMs: number | undefined;
  readonly durationMs: number;
}
