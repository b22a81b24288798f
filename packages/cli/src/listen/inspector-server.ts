import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerError, inspectorHeaders } from './inspector-answer.ts';
import { type ApiContext, answerApi } from './inspector-api-server.ts';
import { answerFile, findFile } from './inspector-files.ts';
import { refuseStrangers } from './inspector-guard.ts';

export interface Inspector {
  /** Whether a request is for the inspector; everything else is a delivery. */
  isFor(request: IncomingMessage): boolean;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The page and its API. */
export function createInspector(context: ApiContext & { readonly port: number }): Inspector {
  return {
    isFor: (request) => isPage(request) || isFavicon(request) || pathOf(request).startsWith('/_inspector/'),
    async answer(request, response) {
      for (const [name, value] of Object.entries(inspectorHeaders)) response.setHeader(name, value);
      if (isFavicon(request)) return void response.writeHead(204).end();
      const refusal = refuseStrangers(request, { port: context.port, isPage: isPage(request) });
      if (refusal !== undefined) return answerError(response, 403, refusal.code, refusal.message);
      const file = findFile(pathOf(request));
      if (file === undefined || !isRead(request)) return answerApi(request, response, context);
      return answerFile(response, file);
    },
  };
}

/** A GET with signature headers is a delivery that a redirect turned into one. */
function isPage(request: IncomingMessage): boolean {
  const { headers } = request;
  const isSigned = headers['x-twenty-webhook-signature'] !== undefined || headers['x-twenty-signature'] !== undefined;
  return pathOf(request) === '/' && isRead(request) && !isSigned;
}

const isFavicon = (request: IncomingMessage): boolean => request.url === '/favicon.ico' && request.method === 'GET';
const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';
