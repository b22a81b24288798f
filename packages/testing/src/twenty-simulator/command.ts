#!/usr/bin/env node
import { attemptLine } from './attempt-line.ts';
import { type CommandOptions, commandOptions, usage } from './command-options.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';
import { randomChange } from './random-change.ts';
import { startTwentySimulator, type TwentySimulator } from './start-twenty-simulator.ts';

// The command `twenty-simulator`. Whoever reads it may have seen enough: `twenty-simulator … | head`.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
try {
  const options = commandOptions(process.argv.slice(2), process.env);
  if (options === undefined) print(usage);
  else await run(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee twenty-simulator --help\n`);
  process.exitCode = 2;
}

async function run({ simulator, everySeconds, burst }: CommandOptions): Promise<void> {
  const observe = (attempt: DeliveryAttempt) => print(attemptLine(attempt));
  // It may run for days, and nobody asks for the attempts.
  const twenty = await startTwentySimulator({ ...simulator, observe, attemptsKept: 0 });
  const timer =
    everySeconds === undefined ? undefined : setInterval(() => randomChange(twenty.workspace), everySeconds * 1_000);
  // Before it says where it is: who reads that may end it at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(timer);
      void twenty.close();
    });
  }
  introduce(twenty, simulator);
  twenty.hold();
  for (let made = 0; made < burst; made += 1) randomChange(twenty.workspace);
  twenty.release();
}

function introduce({ origin, apiKey, secret }: TwentySimulator, given: CommandOptions['simulator']): void {
  print(`Simulated Twenty at ${origin}, REST routes under ${origin}/rest`);
  print(`API key: ${apiKey}`);
  print(`Deliveries: ${given.target ?? 'to nobody yet. Register a webhook at /rest/webhooks, or give --target'}`);
  if (given.target === undefined) return;
  if (secret === '') print('Deliveries are not signed: the secret is empty');
  else if (given.secret === undefined) print(`Webhook secret, made up for this run, for tests only: ${secret}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
