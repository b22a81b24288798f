import { parseArgs } from 'node:util';
import type { TwentySimulatorOptions } from './simulator-options.ts';

export interface CommandOptions {
  readonly simulator: TwentySimulatorOptions;
  /** Seconds between random changes. */
  readonly everySeconds: number | undefined;
  /** How many random changes at the start, delivered at once. */
  readonly burst: number;
}

export const usage = `Usage: twenty-simulator [options]

A simulated Twenty: REST routes, records, and webhooks about their changes.

  --target <url>        where deliveries go, e.g. http://localhost:3000/webhooks/twenty
  --secret <text>       of the webhook; better in TWENTY_WEBHOOK_SECRET; one is made up and printed if there is none
  --port <n>            of 127.0.0.1; default: a free one
  --api-key <text>      bearer token of the REST routes; default: a random one, printed
  --format <name>       server (default) or envelope
  --delivery <name>     server (default): 5 s, never again; documented: 30 s and six retries
  --every <seconds>     make a random change that often; without it, change records over REST
  --burst <n>           make so many random changes at the start, delivered at once
  --duplicate <share>   share of deliveries that are sent twice, 0 to 1
  --refanout <share>    share that is sent twice with another eventDate
  --drop <share>        share that is never sent
  --shuffle             send what waits in random order
  --redirect <status>   answer 301, 302, 307 or 308 before the target
  --help`;

/** @returns `undefined` if help is wanted. @throws TypeError or RangeError about what cannot be */
export function commandOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string' },
      secret: { type: 'string' },
      port: { type: 'string' },
      'api-key': { type: 'string' },
      format: { type: 'string' },
      delivery: { type: 'string' },
      every: { type: 'string' },
      burst: { type: 'string' },
      duplicate: { type: 'string' },
      refanout: { type: 'string' },
      drop: { type: 'string' },
      shuffle: { type: 'boolean' },
      redirect: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return undefined;
  const number = (name: keyof typeof values): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text === '' || !Number.isFinite(value) || value < 0)
      throw new RangeError(`--${name} takes a number, not "${text}"`);
    return value;
  };
  const oneOf = <T extends string | number>(name: keyof typeof values, allowed: readonly T[]): T | undefined => {
    const value = allowed.find((item) => String(item) === values[name]);
    if (value === undefined && values[name] !== undefined)
      throw new RangeError(`--${name} is one of ${allowed.join(', ')}, not "${values[name]}"`);
    return value;
  };
  return {
    simulator: {
      target: values.target,
      secret: values.secret ?? env.TWENTY_WEBHOOK_SECRET,
      port: number('port'),
      apiKey: values['api-key'],
      format: oneOf('format', ['server', 'envelope']),
      delivery: oneOf('delivery', ['server', 'documented']),
      faults: {
        duplicate: number('duplicate'),
        refanout: number('refanout'),
        drop: number('drop'),
        shuffle: values.shuffle,
        redirect: oneOf('redirect', [301, 302, 307, 308]),
      },
    },
    everySeconds: number('every'),
    burst: number('burst') ?? 0,
  };
}
