import type { Attack, Target } from '../attack.ts';
import { makeDelivery, toBadRequest, toGoodRequest } from '../wire/deliveries.ts';
import { openSocket } from '../wire/exchange.ts';
import { whateverFirst } from '../wire/whatever-first.ts';
import { pause, repeat } from './repeat.ts';

/** Connections whose other end is silent, is gone without a word in the middle of something, or takes no answer. */
export const halfOpen: Attack = {
  name: 'half-open',
  async run(target) {
    const { load, signal } = target;
    const lanes = Array.from({ length: load.halfOpenConnections }, (_, index) => {
      const behave = behaviours[index % behaviours.length] ?? silent;
      const spreadMs = (cycleMs * index) / load.halfOpenConnections;
      return repeat(signal, { firstMs: spreadMs, pauseMs: cycleMs }, () => behave(target));
    });
    await Promise.all(lanes);
  },
};

type Behaviour = (target: Target) => Promise<void>;

/** Nothing is sent, to the end. */
const silent: Behaviour = async ({ port, signal, tally }) => {
  const socket = openSocket(port).resume();
  await whateverFirst(socket, 'close', { signal });
  tally.count(signal.aborted ? 'silent: still open in the end' : 'silent: closed by the server');
  socket.destroy();
};

/** Half a delivery, then a reset. */
const resets: Behaviour = async ({ port, signal, tally }) => {
  const socket = openSocket(port);
  await whateverFirst(socket, 'connect', { signal });
  const request = toGoodRequest(makeDelivery());
  socket.write(request.subarray(0, request.length - 100));
  await pause(200, signal);
  socket.resetAndDestroy();
  tally.count('reset in the body');
};

/** Half a delivery, then the end of what this side sends, while it goes on to read. */
const ends: Behaviour = async ({ port, signal, tally, graceMs }) => {
  const socket = openSocket(port).resume();
  const request = toGoodRequest(makeDelivery());
  socket.end(request.subarray(0, request.length - 100));
  await whateverFirst(socket, 'close', { signal, atMostMs: graceMs });
  if (socket.closed) tally.count('ended in the body: closed by the server');
  else if (!signal.aborted) tally.wrong(`ended in the body: still open after ${graceMs} ms`);
  socket.destroy();
};

/** A whole request, and a reset before the answer. */
const resetsAfter: Behaviour = async ({ port, signal, tally }) => {
  const socket = openSocket(port);
  await whateverFirst(socket, 'connect', { signal });
  socket.write(toBadRequest(makeDelivery()), () => socket.resetAndDestroy());
  tally.count('reset before the answer');
};

/** Request after request without a look at the answers, which pile up on their way. */
const neverReads: Behaviour = async ({ port, signal, tally }) => {
  const socket = openSocket(port).pause();
  const requests = Buffer.concat(Array.from({ length: 10 }, () => toBadRequest(makeDelivery())));
  let sent = 0;
  while (!signal.aborted && !socket.closed) {
    if (!socket.write(requests)) await whateverFirst(socket, 'drain', { signal });
    sent += 10;
    await pause(250, signal);
  }
  tally.count('requests whose answers nobody reads', sent);
  await whateverFirst(socket, 'close', { signal });
  socket.destroy();
};

const behaviours = [silent, resets, ends, resetsAfter, neverReads];

const cycleMs = 1_000;
