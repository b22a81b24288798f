/** Allows so many requests at once, and as many again, evenly, each minute. */
export interface TokenBucket {
  /** `false` if none is left. */
  take(): boolean;
}

export function createTokenBucket(perMinute: number, now: () => number): TokenBucket {
  let tokens = perMinute;
  let filledAtMs = now();
  return {
    take() {
      const nowMs = now();
      tokens = Math.min(perMinute, tokens + ((nowMs - filledAtMs) / 60_000) * perMinute);
      filledAtMs = nowMs;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
