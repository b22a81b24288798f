import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type IdempotencyStore, memoryStore } from '@twenty-webhooks/core';
import { sqliteStore } from '@twenty-webhooks/sqlite';
import type { Property } from '../property.ts';
import { makeQuickFolder } from '../quick-folder.ts';

/** A store to be tested, on a clock that the property moves. */
export type OpenStore = (now: () => number) => IdempotencyStore & { close?(): void };

/** `memoryStore` does what a model of the contract does, whatever the order of claims, settlements and time. */
export function memoryStoreProperty(open: OpenStore = (now) => memoryStore({ now })): Property {
  return { ...storeProperty(open), name: 'memory-store', weight: 90_000, testCases: 4_000 };
}

/** `sqliteStore` as well. */
export function sqliteStoreProperty(openStore?: OpenStore): Property {
  let folder: string | undefined;
  const open: OpenStore = (now) => {
    folder = makeQuickFolder();
    return sqliteStore(join(folder, 'store.db'), { now });
  };
  const property = storeProperty(openStore ?? open);
  return {
    ...property,
    name: 'sqlite-store',
    weight: 1_500,
    testCases: 300,
    close() {
      void property.close?.();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function storeProperty(open: OpenStore): Pick<Property, 'maxScriptBytes' | 'check' | 'close'> {
  let nowMs = 1_000_000;
  let store: ReturnType<OpenStore> | undefined;
  let cases = 0;
  return {
    maxScriptBytes: 120,
    async check(choices) {
      store ??= open(() => nowMs);
      // Keys of its own for each case: a store is cheap, a file is not.
      const keys = ['a', 'b', 'é"'].map((key) => `${cases}:${key}`);
      cases++;
      const claims = new Map<string, ModelClaim>();
      const tokens = ['no token'];
      const trace: string[] = [];
      while (!choices.isSpent) {
        const key = choices.pick(keys);
        const token = choices.pick(tokens);
        const forMs = choices.pick([1, 10, 1_000, 0.5]);
        const operation = choices.below(6);
        trace.push(
          `${['claim', 'claim', 'extend', 'complete', 'release', 'wait'][operation]} ${key} ${token} ${forMs}`,
        );
        const known = claims.get(key);
        if (operation <= 1) {
          const result = await store.claim(key, forMs);
          const isHeld = known !== undefined && known.untilMs > nowMs;
          assert.equal(result.state, isHeld ? (known.isDone ? 'done' : 'busy') : 'claimed', trace.join('\n'));
          if (result.state !== 'claimed') continue;
          assert.ok(!tokens.includes(result.token), 'a token of its own');
          tokens.push(result.token);
          claims.set(key, { token: result.token, untilMs: nowMs + Math.round(forMs), isDone: false });
        } else if (operation === 5) {
          nowMs += choices.pick([1, 9, 10, 1_000]);
        } else {
          const isHolder = known?.token === token && !known.isDone;
          const method = (['extend', 'complete', 'release'] as const)[operation - 2] ?? 'release';
          const isDone =
            method === 'release' ? await store.release(key, token) : await store[method](key, token, forMs);
          // A lease that ran out may be forgotten, or not yet.
          const isOver = known !== undefined && known.untilMs <= nowMs;
          assert.ok(isDone === isHolder || (isOver && !isDone), trace.join('\n'));
          if (!isDone) {
            if (isHolder) claims.delete(key);
            continue;
          }
          if (method === 'release') claims.delete(key);
          else claims.set(key, { token, untilMs: nowMs + Math.round(forMs), isDone: method === 'complete' });
        }
      }
    },
    close: () => store?.close?.(),
  };
}

interface ModelClaim {
  readonly token: string;
  readonly untilMs: number;
  readonly isDone: boolean;
}
