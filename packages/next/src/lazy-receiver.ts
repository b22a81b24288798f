import {
  type AdapterOptions,
  type AdapterReceiver,
  type Handler,
  type Inbox,
  type ReadyReceiverOptions,
  requireHandlers,
  type Schemas,
  toReceiver,
} from '@twenty-webhooks/core';

/** Options of the receiver that a route makes: those of core, and an inbox that is opened with it. */
export type LazyReceiverOptions<TOn, TSchemas extends Schemas> = Omit<AdapterOptions<TOn, TSchemas>, 'inbox'> & {
  /** As a function it is called when the receiver is made, so neither in `next build` nor by a hot reload. */
  readonly inbox?: Inbox | (() => Inbox) | undefined;
};

/** A receiver that is made when it is first needed. */
export interface LazyReceiver {
  /** @param pathname of the request; what tells routes apart */
  get(pathname: string): AdapterReceiver;
  readonly made: AdapterReceiver | undefined;
}

type Options = LazyReceiverOptions<unknown, Schemas> | ReadyReceiverOptions;
type Handlers = Readonly<Record<string, Handler>>;

/** What a route keeps in the process while hot reload loads its file again and again. */
interface Kept {
  readonly receiver: AdapterReceiver;
  readonly patterns: string;
  handlers: Handlers;
}

/** @throws HANDLERS_MISSING */
export function lazyReceiver(options: Options): LazyReceiver {
  const ready = options.receiver;
  const handlers = ('on' in options ? (options.on ?? {}) : {}) as Handlers;
  const hasInbox = 'inbox' in options && options.inbox !== undefined;
  requireHandlers(ready ?? { isVerifyOnly: Object.keys(handlers).length === 0 && !hasInbox });
  let made = ready;
  return {
    get(pathname) {
      made ??= keep(options.path ?? pathname, options, handlers);
      return made;
    },
    get made() {
      return made;
    },
  };
}

/**
 * Find this route's receiver, or make it. After a hot reload the receiver, with all that it remembers, stays, and runs the
 * new handlers. If there are others than before, it is closed and made anew.
 */
function keep(route: string, options: Options, handlers: Handlers): AdapterReceiver {
  const patterns = JSON.stringify(Object.keys(handlers));
  const known = routes.get(route);
  if (known?.patterns === patterns) {
    known.handlers = handlers;
    return known.receiver;
  }
  void known?.receiver.close();
  const latest = (pattern: string): [string, Handler] => [
    pattern,
    (event, context) => kept.handlers[pattern]?.(event, context),
  ];
  const on = Object.fromEntries(Object.keys(handlers).map(latest));
  const inbox = 'inbox' in options && typeof options.inbox === 'function' ? options.inbox() : undefined;
  const own = { ...options, on, ...(inbox !== undefined && { inbox }) } as AdapterOptions<unknown, Schemas>;
  const kept: Kept = { receiver: toReceiver(own), patterns, handlers };
  routes.set(route, kept);
  return kept.receiver;
}

const registry: unique symbol = Symbol.for('twenty-webhooks.next') as never;
const shared = globalThis as { [registry]?: Map<string, Kept> };
shared[registry] ??= new Map();
const routes: Map<string, Kept> = shared[registry];
