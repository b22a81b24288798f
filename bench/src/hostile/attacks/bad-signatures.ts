import type { Attack, Target } from '../attack.ts';
import { createAnswerReader } from '../wire/answer-reader.ts';
import { makeDelivery, toBadRequest } from '../wire/deliveries.ts';
import { openSocket } from '../wire/exchange.ts';
import { nextSlotMs } from './next-slot.ts';
import { pause } from './repeat.ts';

/**
 * Deliveries with wrong signatures, as many as the server takes up to a rate: a few connections, some requests at a time over each,
 * bytes that were made before, so that sending costs less than answering.
 */
export const badSignatures: Attack = {
  name: 'bad-signatures',
  async run(target) {
    const batch = Buffer.concat(Array.from({ length: batchSize }, () => toBadRequest(makeDelivery())));
    await Promise.all(Array.from({ length: connections }, (_, index) => sendBatches(batch, index, target)));
  },
};

async function sendBatches(batch: Buffer, index: number, { port, load, signal, tally }: Target): Promise<void> {
  const batchMs = (batchSize * connections * 1_000) / load.badSignaturesPerSecond;
  let dueMs = performance.now() + (batchMs * index) / connections;
  let socket = openSocket(port);
  while (!signal.aborted) {
    await pause(Math.max(0, dueMs - performance.now()), signal);
    if (signal.aborted) break;
    const statuses = await sendBatch(socket, batch, signal);
    if (statuses === undefined) break;
    // What was missed because the server was slower is missed; no burst makes up for it.
    dueMs = nextSlotMs(dueMs, { everyMs: batchMs, nowMs: performance.now() });
    for (const status of new Set(statuses)) {
      const times = statuses.filter((one) => one === status).length;
      tally.count(String(status), times);
      if (status !== 401) tally.wrong(`a wrong signature: ${status}, not 401`);
    }
    if (statuses.length < batchSize) {
      tally.wrong(
        `of ${batchSize} wrong signatures on one connection ${batchSize - statuses.length} were not answered`,
      );
      socket.destroy();
      socket = openSocket(port);
    }
  }
  socket.destroy();
}

/** @returns the statuses in order, fewer than were sent if the connection ended; `undefined` if the attack did */
function sendBatch(
  socket: ReturnType<typeof openSocket>,
  batch: Buffer,
  signal: AbortSignal,
): Promise<readonly number[] | undefined> {
  return new Promise((resolve) => {
    const reader = createAnswerReader();
    const statuses: number[] = [];
    const end = (isOver: boolean): void => {
      socket.off('data', onData).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      resolve(isOver ? undefined : statuses);
    };
    const onAbort = (): void => end(true);
    const onClose = (): void => end(false);
    const onData = (chunk: Buffer): void => {
      for (const { status } of reader.take(chunk)) statuses.push(status);
      if (statuses.length >= batchSize) end(false);
    };
    socket.on('data', onData).on('close', onClose);
    signal.addEventListener('abort', onAbort);
    socket.write(batch);
  });
}

const connections = 32;
const batchSize = 8;
