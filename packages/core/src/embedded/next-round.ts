/** Call back after everything that the event loop has ready now. A timer, where that is all there is, waits at least 1 ms. */
export const nextRound: (callback: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : (callback) => setTimeout(callback, 0);
