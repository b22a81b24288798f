declare const Bun: { serve(options: object): { port: number; stop(force: boolean): Promise<void> } } | undefined;
declare const Deno:
  | { serve(options: object, fetch: Fetch): { addr: { port: number }; shutdown(): Promise<void> } }
  | undefined;
type Fetch = (request: Request) => Response | Promise<Response>;

export type Serve = (app: { readonly fetch: Fetch }) => Promise<{ readonly origin: string; close(): Promise<void> }>;

export const runtimeName = typeof Bun !== 'undefined' ? 'Bun' : typeof Deno !== 'undefined' ? 'Deno' : 'Node';

/** Start the runtime's own web-standard server; `undefined` on Node, which has none. */
export const serveOwn: Serve | undefined = {
  Node: undefined,
  Bun: async (app: { readonly fetch: Fetch }) => {
    if (typeof Bun === 'undefined') throw new Error('not Bun');
    const server = Bun.serve({ port: 0, hostname, fetch: (request: Request) => app.fetch(request) });
    return { origin: `http://${hostname}:${server.port}`, close: () => server.stop(true) };
  },
  Deno: async (app: { readonly fetch: Fetch }) => {
    if (typeof Deno === 'undefined') throw new Error('not Deno');
    const server = Deno.serve({ port: 0, hostname, onListen() {} }, (request) => app.fetch(request));
    return { origin: `http://${hostname}:${server.addr.port}`, close: () => server.shutdown() };
  },
}[runtimeName];

const hostname = '127.0.0.1';
