import { type TwentyVariables, twentyWebhooks } from '@twenty-webhooks/hono';
import { Hono, type MiddlewareHandler } from 'hono';
import { env } from 'hono/adapter';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { timeout } from 'hono/timeout';
import { readEnv, type Variables } from './env.ts';
import { forward } from './forward.ts';

type AppEnv = { readonly Bindings: Variables };

/** Of Twenty's own deliveries the largest are far smaller. */
const maxBodyBytes = 5 * 1024 * 1024;
/** From the first byte to the answer: Twenty hangs up after 5 s. */
const deadlineMs = 4_500;

/** Verify, forward, answer: 200 only for what the origin has taken, so that nothing is acknowledged that did not arrive. */
export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.all(
    '/webhooks/twenty',
    timeout(deadlineMs, () => new HTTPException(503, { message: `not done after ${deadlineMs} ms` })),
    bodyLimit({ maxSize: maxBodyBytes, onError: (c) => c.json({ error: 'BODY_TOO_LARGE' }, 413) }),
    // Hono keeps the bytes: they are what is verified, and what is forwarded.
    async (c, next) => {
      await c.req.arrayBuffer();
      await next();
    },
    verifyAtFirstRequest(),
    async (c) => {
      const { raw } = c.req;
      try {
        await forward({ headers: raw.headers, bytes: await c.req.arrayBuffer() }, readEnv(env(c)));
      } catch (cause) {
        throw new HTTPException(503, { message: `the origin has not taken ${c.var.twenty.event.id}`, cause });
      }
      return c.json({ status: 'forwarded', id: c.var.twenty.event.id });
    },
  );
  // Whatever went wrong, the sender must not take it for success. It learns no more than that.
  app.onError((error, c) => {
    console.error(`edge-forward: ${explain(error)}`);
    return c.json({ error: 'UNAVAILABLE' }, 503);
  });
  return app;
}

/** Say what went wrong, down to the innermost cause, but show no URL, as Deno does: that of the origin may have a token in it. */
function explain(error: Error & { readonly code?: unknown }): string {
  const { message, code, cause } = error;
  // A host with several addresses, all of which failed, has a code only.
  const said = String(message || code).replace(/\w+:\/\/\S+/g, '(its URL)');
  return cause instanceof Error ? `${said}: ${explain(cause)}` : said;
}

/** On Workers there are no variables before a request comes. Without handlers it only verifies: duplicates are the origin's to know. */
function verifyAtFirstRequest(): MiddlewareHandler<{ Variables: TwentyVariables }> {
  let verify: ReturnType<typeof twentyWebhooks> | undefined;
  return (c, next) => {
    verify ??= twentyWebhooks({ secret: readEnv(env(c)).secret, maxBodyBytes });
    return verify(c, next);
  };
}
