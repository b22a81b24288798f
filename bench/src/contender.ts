/** One way to receive deliveries. */
export interface Contender {
  readonly name: string;
  /**
   * Sign bodies and make everything ready that a server has before it starts to verify; returns the work that is timed. It
   * rejects if a delivery is refused. `sent` are other bytes than the signed ones, to see that.
   */
  prepare(signed: readonly Buffer[], sent?: readonly Buffer[]): () => Promise<void>;
}

/**
 * Make a contender of how its sender signs and how it receives. `receive` throws, or rejects, for a delivery that it refuses;
 * where it says so by its result, `check` throws, so that nobody pays for an async function more than the others.
 */
export function createContender<TDelivery, TResult>(
  name: string,
  sign: (signed: Buffer, sent: Buffer) => TDelivery,
  receive: (delivery: TDelivery) => TResult | Promise<TResult>,
  check: (result: TResult) => void = () => {},
): Contender {
  return {
    name,
    prepare(signed, sent = signed) {
      const deliveries = signed.map((body, index) => sign(body, sent[index] ?? body));
      return async () => {
        for (const delivery of deliveries) {
          const result = receive(delivery);
          // Who answers at once is not made to wait.
          check(result instanceof Promise ? await result : result);
        }
      };
    },
  };
}
