import type { Contender } from './contender.ts';
import { createFloor } from './contenders/floor.ts';
import { secret } from './contenders/secret.ts';
import {
  createHmacFloor,
  createOctokitVerify,
  createStripeVerify,
  createTwentyVerify,
  createTwentyVerifyAndParse,
} from './contenders/single-functions.ts';
import { createStandardWebhooks, createSvix } from './contenders/standard-webhooks.ts';
import { createStripe } from './contenders/stripe.ts';
import { createTern } from './contenders/tern.ts';
import { createTwenty } from './contenders/twenty.ts';
import { measure } from './measure.ts';
import type { Report } from './report.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { ratioCell } from './table.ts';

/** The steps alone, and how the whole grows with secrets and handlers; the whole beside libraries is a section of its own. */
export async function benchFunctions(report: Report): Promise<void> {
  await compare(report, 'verify only', [
    createHmacFloor(),
    createTwentyVerify(),
    createStripeVerify(),
    createOctokitVerify(),
  ]);
  await compare(report, 'verify and parse', [
    createFloor(),
    createTwentyVerifyAndParse(),
    createStripe(),
    createTern(),
    createStandardWebhooks(),
    createSvix(),
  ]);
  await compare(report, 'receive, secrets (the last one matches)', [1, 10, 100].map(withSecrets));
  await compare(report, 'receive, handlers (one matches)', [1, 100, 1_000].map(withOthers));
  await compare(report, 'receive, handlers (all match)', [1, 100, 1_000].map(withMatching));
}

/** Everybody beside the first. */
async function compare(report: Report, title: string, contenders: readonly Contender[]): Promise<void> {
  const rounds = await measure(contenders, '1.4 kB');
  const [first = ''] = contenders.map(({ name }) => name);
  const rows = contenders.map(({ name }) => [
    name,
    medianOf(rounds, name).toFixed(2),
    ratioCell(speedRatio(rounds, name, first)),
  ]);
  report.table(`${title}, bodies of 1.4 kB`, ['', 'µs CPU per delivery', `speed, ${first} = 1`], rows);
}

const handler = (): void => {};

function withSecrets(count: number): Contender {
  const others = Array.from({ length: count - 1 }, (_, index) =>
    secret.replace(/^..../, String(index).padStart(4, '0')),
  );
  return createTwenty(`${count} of them`, handler, { idempotency: 'off', secret: [...others, secret] });
}

function withOthers(count: number): Contender {
  const others = Array.from({ length: count - 1 }, (_, index) => [`object${index}.created`, handler] as const);
  return createTwenty(`${count} of them`, handler, {
    idempotency: 'off',
    on: { ...Object.fromEntries(others), 'person.created': handler },
  });
}

const withMatching = (count: number): Contender =>
  createTwenty(`${count} of them`, handler, { idempotency: 'off', handlers: count });
