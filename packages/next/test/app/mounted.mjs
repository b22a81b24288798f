/** Options of the receivers under test; test and app share the process. Handlers are made once per mount, as in a file. */
export function mounted(twentyWebhooks, handlers, mount) {
  let handler = handlers.get(mount);
  if (handler === undefined) {
    const { options, onHandler } = globalThis.twentyMounts.get(mount);
    handler = twentyWebhooks({ ...options, path: mount });
    onHandler(handler);
    handlers.set(mount, handler);
  }
  return handler;
}
