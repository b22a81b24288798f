import {
  type AdapterOptions,
  type Answer,
  defaultPath,
  type Logger,
  type ReadyReceiverOptions,
  requireHandlers,
  type Schemas,
  toAnswer,
  toReceiver,
} from '@twenty-webhooks/core';
import { nodeBody, writeAnswer } from '@twenty-webhooks/core/node';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, RegisterOptions } from 'fastify';
import type { TwentyPluginOptions } from './plugin-options.ts';

/**
 * Receive webhooks in Fastify 5, at `/webhooks/twenty` (option `path`; `prefix` goes before it). The body is read by the
 * receiver on this route only; parsers and hooks elsewhere stay as they are. Rejections and errors go to the app's log
 * unless there is a `logger`. A receiver that it made is closed with the app.
 *
 * @throws HANDLERS_MISSING, SECRET_MISSING, OPTION_INVALID, PATTERN_INVALID, HANDLER_DUPLICATE
 * @example
 * app.register(twentyWebhooks, { on: { 'person.created': ({ data }) => console.log(data.attributes) } });
 */
export async function twentyWebhooks(app: FastifyInstance, options: TwentyPluginOptions): Promise<void> {
  // Fastify hands its own options over with ours.
  const {
    prefix: _prefix,
    logLevel: _logLevel,
    logSerializers: _logSerializers,
    ...own
  } = options as RegisterOptions & (AdapterOptions<unknown, Schemas> | ReadyReceiverOptions);
  const receiver = toReceiver(own.receiver === undefined ? { logger: toLogger(app.log), ...own } : own);
  requireHandlers(receiver);
  if (own.receiver === undefined) app.addHook('onClose', () => receiver.close());

  // Only in the scope of this plugin: whatever the type, the stream stays unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([anyType, '*'], (_request, _payload, done) => done(null));
  app.route({
    // The receiver says 405.
    method: app.supportedMethods,
    url: own.path ?? defaultPath,
    exposeHeadRoute: false,
    // Fastify refuses a type that is no type before any parser is asked, and keeps in mind what it found for one it knows.
    // Here no type matters.
    onRequest: (request, _reply, done) => {
      request.headers['content-type'] = anyType;
      done();
    },
    handler: (request, reply) => {
      const { method, url, raw } = request;
      const { rawBody } = request as FastifyRequest & { readonly rawBody?: unknown };
      receiver.receive({ method, url, headers: raw.headers, body: nodeBody(raw, { fix, rawBody }) }).then(
        (outcome) => sendAnswer(reply, toAnswer(outcome)),
        (error) => reply.send(error),
      );
    },
  });
}

function sendAnswer(reply: FastifyReply, answer: Answer): void {
  if (answer.headers.connection !== 'close') {
    reply.code(answer.status).headers(answer.headers).send(answer.body);
    return;
  }
  // Closing while the sender still writes takes some care, and is not Fastify's habit.
  reply.hijack();
  writeAnswer(reply.raw, answer);
}

const anyType = 'application/octet-stream';

const toLogger = (log: FastifyBaseLogger): Logger => ({
  warn: (message, ...details) => log.warn({ details }, message),
  error: (message, cause) => log.error({ err: cause }, message),
});

const fix = 'A preParsing hook read the stream: let it skip this route, or set request.rawBody to the bytes.';
