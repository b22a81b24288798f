import type { Attack, Target } from '../attack.ts';
import { makeDelivery, type OwnDelivery, toBadRequest, toGoodRequest, toRequest } from '../wire/deliveries.ts';
import { exchange } from '../wire/exchange.ts';
import { repeat } from './repeat.ts';

/** Good and bad requests on one connection, in one piece, not waiting for answers: each has to be answered, in this order. */
export const pipelining: Attack = {
  name: 'pipelining',
  run: (target) => repeat(target.signal, { pauseMs: 4_000 / target.load.exchangesPerSecond }, () => sendMixed(target)),
};

async function sendMixed({ port, tally, signal }: Target): Promise<void> {
  const good: OwnDelivery[] = [];
  const requests = order.map((status) => {
    const delivery = makeDelivery();
    if (status === 200) good.push(delivery);
    return make[status](delivery);
  });
  // Not given up when the attack is over: then nobody would know what became of the good ones.
  const unhurried = new AbortController().signal;
  if (signal.aborted) return;
  const bytes = Buffer.concat(requests);
  const done = await exchange(port, bytes, { answers: order.length, patienceMs: 10_000, signal: unhurried });
  if (done === undefined) return;
  tally.judge('good and bad on one connection', done.outcome, [[...order, 'open'].join(' ')]);
  const goodAnswers = done.answers.filter((_, index) => order[index] === 200);
  for (const [index, { recordId }] of good.entries()) {
    const answer = goodAnswers[index];
    if (answer?.status === 200 && answer.body.includes('"accepted"')) tally.accept(recordId);
    else tally.wrong(`a good delivery among bad ones: ${answer?.status} ${answer?.body}, not accepted`);
  }
}

const make = {
  200: toGoodRequest,
  400: ({ headers }: OwnDelivery) => toRequest({ headers: { ...headers, 'content-length': '0' } }),
  401: toBadRequest,
  415: ({ headers, body }: OwnDelivery) =>
    toRequest({ headers: { ...headers, 'content-encoding': 'gzip', 'content-length': String(body.length) }, body }),
};

const order = [200, 401, 200, 400, 415, 401, 200, 401, 200, 415, 400, 401, 200] as const;
