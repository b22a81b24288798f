import type {
  HandlerOf,
  MetadataAction,
  PathOption,
  ReadyReceiverOptions,
  ReceiverOptions,
  RecordAction,
  Schemas,
  TwentyObjects,
} from '@twenty-webhooks/core';

/** Options of the plugin: the receiver's own and `path`, or a receiver that exists already. */
export type TwentyPluginOptions = OwnReceiverOptions | ReadyReceiverOptions;

/** Options of the receiver that the plugin makes. Fastify adds its own (`prefix`, `logLevel`) at `register`. */
export interface OwnReceiverOptions extends Omit<ReceiverOptions<unknown, Schemas>, 'on'>, PathOption {
  readonly receiver?: undefined;
  readonly on?: PluginHandlers | undefined;
}

/**
 * Handlers by pattern. `register` cannot infer types from the keys of an object, so here the patterns of declared objects
 * are listed. For an object of your own, declare it (see `TwentyObjects`), or make a receiver, add the handler with
 * `receiver.on`, and pass `receiver`.
 */
export type PluginHandlers = {
  readonly [TPattern in RecordPattern | MetadataPattern | '*']?: HandlerOf<TPattern>;
};

type RecordPattern = `${(keyof TwentyObjects & string) | '*'}.${RecordAction | '*'}`;
type MetadataPattern = `metadata.${string}.${MetadataAction | '*'}`;
