import { toAnswer } from '@twenty-webhooks/core';
import { writeAnswer } from '@twenty-webhooks/core/node';
import { startTestServer } from '@twenty-webhooks/testing';
import type { StartServer } from '../properties/sockets.ts';

/** Makes a text of every piece, which a character over the border of two does not survive. */
export const decodingPieces: StartServer = (receiver) =>
  startTestServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    const { method = '', url = '', headers } = request;
    writeAnswer(response, toAnswer(await receiver.receive({ method, url, headers, body: Buffer.from(text) })));
  });

/** Takes what has come first for the whole. */
export const firstPieceOnly: StartServer = (receiver) =>
  startTestServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    let first: Buffer | undefined;
    for await (const piece of request) first ??= piece;
    writeAnswer(response, toAnswer(await receiver.receive({ method, url, headers, body: first ?? Buffer.alloc(0) })));
  });
