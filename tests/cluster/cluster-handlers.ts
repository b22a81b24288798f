// Apart from the events, which only the sender makes: each process that starts loads this.

export const secret = 'a secret of the cluster test';

/** Patterns, and so names, of the two handlers that each event has. */
export const handlers = ['person.created', '*.created'] as const;
