/** The options with their defaults. */
export interface PostgresSettings {
  readonly schema: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly leaseSeconds: number;
  readonly runTimeoutMs: number;
  readonly retentionSeconds: number;
}

/** That pg-boss has. */
export const shortestLeaseMs = 10_000;
