import { createApp } from './app.ts';

// Cloudflare Workers, Bun and `deno serve` all take this; on Node it is `serve(app)` of @hono/node-server.
export default createApp();
