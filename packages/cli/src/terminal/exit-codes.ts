/** What a script can tell from the end of a command. */
export const exitCodes = {
  /** Done, and what was looked at is as it should be. */
  ok: 0,
  /** It was looked at, and is not as it should be: not genuine, not accepted, an endpoint with faults. */
  negative: 1,
  /** The command cannot be carried out as it was given: an unknown flag, no secret, a file that cannot be read. */
  usage: 2,
  /** Somebody else could not be reached: the endpoint, Twenty, the server of an inbox. */
  unreachable: 3,
  /** Somebody pressed Ctrl-C; what was done until then is printed. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
