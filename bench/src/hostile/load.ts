/** How much is sent at a server. */
export interface HostileLoad {
  /** Good deliveries, each over a connection of its own. */
  readonly goodPerSecond: number;
  /** What is offered; what is answered may be less. */
  readonly badSignaturesPerSecond: number;
  /** Half of them trickle heads, half bodies. */
  readonly slowConnections: number;
  /** Connections that are silent, stop in the middle, or do not read. */
  readonly halfOpenConnections: number;
  /** How often the other attacks do what they do, at the most. */
  readonly exchangesPerSecond: number;
}

export const fullLoad: HostileLoad = {
  goodPerSecond: 50,
  // A tenth above the bar: nothing that a server missed is sent later, so with no more than the bar nobody could reach it.
  badSignaturesPerSecond: 11_000,
  slowConnections: 2_000,
  halfOpenConnections: 200,
  exchangesPerSecond: 10,
};

/** Every attack, at the price of a test. */
export const smallLoad: HostileLoad = {
  goodPerSecond: 20,
  badSignaturesPerSecond: 300,
  slowConnections: 40,
  halfOpenConnections: 20,
  exchangesPerSecond: 10,
};
