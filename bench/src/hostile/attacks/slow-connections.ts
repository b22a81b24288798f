import type { Socket } from 'node:net';
import { setInterval as tick } from 'node:timers/promises';
import type { Attack, Target } from '../attack.ts';
import { createAnswerReader } from '../wire/answer-reader.ts';
import { makeDelivery, toRequest } from '../wire/deliveries.ts';
import { openSocket } from '../wire/exchange.ts';

/**
 * Connections that send a byte a second: half of them in a head that never ends, half in a body. One that the server ends is
 * opened again. Bodies have to be ended, so the first are waited for even if the attack is over; heads are Node's part.
 */
export const slowConnections: Attack = {
  name: 'slow-connections',
  async run(target) {
    const { load, signal } = target;
    const first: Slot[] = [];
    const slots: (Slot | undefined)[] = Array.from({ length: load.slowConnections });
    const isDone = (): boolean => signal.aborted && first.every(({ isHead, socket }) => isHead || socket.closed);
    // Each opens, and sends a byte a second, at a moment of its own: nobody who attacks from many places could do otherwise.
    const perTick = Math.ceil(slots.length / ticksPerSecond);
    let from = 0;
    for await (const _ of tick(1_000 / ticksPerSecond)) {
      if (isDone()) break;
      for (let index = from; index < Math.min(from + perTick, slots.length); index++) {
        const slot = trickle(slots[index] ?? open(index, target), index, target);
        if (first.length < slots.length) first.push(slot);
        slots[index] = slot;
      }
      from = from + perTick >= slots.length ? 0 : from + perTick;
    }
    for (const slot of slots) slot?.socket.destroy();
  },
};

interface Slot {
  readonly socket: Socket;
  readonly isHead: boolean;
  readonly openedAtMs: number;
}

/** @returns the connection, or the one that takes its place */
function trickle(slot: Slot, index: number, target: Target): Slot {
  const { socket, isHead, openedAtMs } = slot;
  const { signal, tally, bodyTimeoutMs, graceMs } = target;
  if (socket.closed) return signal.aborted ? slot : open(index, target);
  if (!isHead && performance.now() > openedAtMs + bodyTimeoutMs + graceMs) {
    tally.wrong(`a body that trickles: still open ${graceMs} ms after bodyTimeoutMs`);
    socket.destroy();
  } else if (socket.writable) {
    socket.write('x');
  }
  return slot;
}

function open(index: number, { port, tally }: Target): Slot {
  const isHead = index % 2 === 0;
  const kind = isHead ? 'a head that trickles' : 'a body that trickles';
  const socket = openSocket(port);
  const reader = createAnswerReader();
  const statuses: number[] = [];
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
  };
  socket.on('data', (chunk) => statuses.push(...reader.take(chunk).map(({ status }) => status)));
  socket.once('end', end).once('error', end);
  socket.once('close', () => {
    if (isEnded || statuses.length > 0) tally.judge(kind, [...statuses, 'closed'].join(' '), ['408 closed']);
    else tally.count(`${kind}: open until the attack was over`);
  });
  if (isHead) socket.write('POST /webhooks/twenty HTTP/1.1\r\nhost: hostile\r\nx-slow: ');
  else socket.write(toRequest({ headers: { ...makeDelivery().headers, 'content-length': '1000000' } }));
  return { socket, isHead, openedAtMs: performance.now() };
}

const ticksPerSecond = 50;
