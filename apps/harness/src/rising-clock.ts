import type { SimulatorClock } from '@twenty-webhooks/testing';

/** A clock that never gives a millisecond twice; it runs ahead of the machine's by as much as it is asked too often. */
export function createRisingClock(): SimulatorClock {
  let lastMs = 0;
  return {
    now() {
      lastMs = Math.max(Date.now(), lastMs + 1);
      return lastMs;
    },
    setTimeout(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}
