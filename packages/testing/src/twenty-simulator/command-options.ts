import { parseArgs } from 'node:util';
import { redirectStatuses } from './check-options.ts';
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
  --secret <text>       of the webhook; better in TWENTY_WEBHOOK_SECRET; one is made up and printed if there
                        is none; '' leaves deliveries unsigned
  --port <n>            of 127.0.0.1; default: a free one
  --api-key <text>      bearer token of the REST routes; default: a random one, printed
  --format <name>       server (default) or envelope
  --delivery <name>     server (default): 5 s, never again; documented: 30 s and six retries
  --every <seconds>     make a random change that often, up to 86400; without it, change records over REST
  --burst <n>           make so many random changes at the start, delivered at once
  --duplicate <share>   share of deliveries that are sent twice, 0 to 1
  --refanout <share>    share that is sent twice with another eventDate
  --drop <share>        share that is never sent
  --shuffle             send what waits in random order
  --redirect <status>   answer 301, 302, 307 or 308 before the target
  -h, --help            show this`;

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
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const number = (
    name: keyof typeof values,
    { whole = false, least = 0, most = Number.MAX_SAFE_INTEGER }: NumberBounds = {},
  ): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new RangeError(`--${name} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}"`);
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
      // As a template leaves it, an empty variable is one that nobody set.
      secret: values.secret ?? (env.TWENTY_WEBHOOK_SECRET || undefined),
      port: number('port', { whole: true, most: 65_535 }),
      apiKey: values['api-key'],
      format: oneOf('format', ['server', 'envelope']),
      delivery: oneOf('delivery', ['server', 'documented']),
      faults: {
        duplicate: number('duplicate'),
        refanout: number('refanout'),
        drop: number('drop'),
        shuffle: values.shuffle,
        redirect: oneOf('redirect', redirectStatuses),
      },
    },
    everySeconds: number('every', { least: 0.001, most: 86_400 }),
    burst: number('burst', { whole: true }) ?? 0,
  };
}

interface NumberBounds {
  readonly whole?: boolean;
  readonly least?: number;
  readonly most?: number;
}
