import { setImmediate } from 'node:timers/promises';
import type { DeliveryStore } from './delivery-store.ts';
import { maskBody } from './masked-body.ts';
import { toPairs } from './pass-on.ts';

/** Find the deliveries whose body, as it may be shown, or headers hold a text, in any case. The newest first. */
export async function searchDeliveries(store: DeliveryStore, text: string, signal: AbortSignal): Promise<number[]> {
  const wanted = text.toLowerCase();
  const ids: number[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; !signal.aborted; ) {
    const contents = store.contents({ before, limit: pieceLength });
    for (const { id, rawHeaders, body, isMasked } of contents) {
      const shown = isMasked ? maskBody(body).text : decoder.decode(body);
      const headers = toPairs(rawHeaders).map(([name, value]) => `${name}: ${value}`);
      if ([shown, ...headers].some((one) => one.toLowerCase().includes(wanted))) ids.push(id);
    }
    const last = contents.at(-1);
    if (last === undefined) break;
    before = last.id;
    // Deliveries come first: nobody waits five seconds because somebody searches.
    await setImmediate();
  }
  return ids;
}

const decoder = new TextDecoder();
const pieceLength = 200;
