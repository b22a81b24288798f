import { vectors } from './vectors.ts';
import { findCrypto, judgeAll, receiverOf } from './verdicts.ts';

// The module that workerd runs: a GET judges every vector inside, a POST is a delivery of the vector whose number is the path.

// biome-ignore lint/style/noDefaultExport: workerd asks for one.
export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method === 'GET') return Response.json({ crypto: await findCrypto(), verdicts: await judgeAll() });
    const vector = vectors[Number(new URL(request.url).pathname.slice(1))];
    return vector === undefined ? new Response('no such vector', { status: 404 }) : receiverOf(vector).fetch(request);
  },
};
