/** What the app takes from its environment. */
export interface Env {
  /** One secret, or two during a rotation. */
  readonly secrets: readonly string[];
  /** A Postgres that keeps events for all processes; without it they are in a file. */
  readonly databaseUrl: string | undefined;
  readonly inboxFile: string;
  /** Whether this process runs handlers. */
  readonly works: boolean;
  readonly port: number;
}

/** Read the environment, and say at start what is missing or wrong. */
export function readEnv(env: NodeJS.ProcessEnv = process.env): Env {
  const { TWENTY_WEBHOOK_SECRET: secret, TWENTY_WEBHOOK_SECRET_OLD: old } = env;
  const { INBOX_FILE: inboxFile = 'inbox.sqlite', DATABASE_URL: databaseUrl, WORK: work = 'yes' } = env;
  const { PORT: port = '3000' } = env;
  if (!secret) throw new Error('Set TWENTY_WEBHOOK_SECRET: copy .env.example to .env and fill it in.');
  if (inboxFile === '') throw new Error('INBOX_FILE must be a path on a local disk.');
  if (work !== 'yes' && work !== 'no') throw new Error('WORK must be yes or no.');
  if (!/^\d{1,5}$/.test(port)) throw new Error('PORT must be a number.');
  const secrets = old ? [secret, old] : [secret];
  return { secrets, databaseUrl: databaseUrl || undefined, inboxFile, works: work === 'yes', port: Number(port) };
}
