import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CaseDefinition } from './case.ts';
import { type Connection, encodeChunk, encodeHead } from './connection.ts';
import type { MountedAdapter } from './mounted-adapter.ts';
import { assertAnswer, assertError } from './reply.ts';

const mebibyte = 1024 * 1024;
const uploadBytes = 60 * mebibyte;
const maxBodyBytes = 5 * mebibyte;

/** What strangers send costs next to nothing. */
export const memoryCases: readonly CaseDefinition[] = (['content-length', 'chunked'] as const).map((framing) => ({
  name: `60 MiB from a stranger: 413, and the memory does not grow with them (${framing})`,
  async run(start) {
    const adapter = await start({ maxBodyBytes });
    const connection = await adapter.connect();
    const grownBytes = await upload(adapter, connection, framing);
    assertError(await connection.readReply(), 413, 'BODY_TOO_LARGE');
    const grown = `${(grownBytes / mebibyte).toFixed(1)} MiB`;
    assert.ok(
      grownBytes < 2 * maxBodyBytes,
      `the memory grew by ${grown} at a limit of ${maxBodyBytes / mebibyte} MiB`,
    );
    assert.equal(adapter.handled.length, 0, 'the handler ran');
    assertAnswer(await adapter.deliver(), 200, { status: 'handled', id: adapter.handled[0]?.id });
  },
}));

/** Send without looking at the answer, until all is sent or the server has closed; by how much the memory grew meanwhile. */
async function upload(
  { url }: MountedAdapter,
  connection: Connection,
  framing: 'content-length' | 'chunked',
): Promise<number> {
  const part = Buffer.alloc(64 * 1024, 0x20);
  const isChunked = framing === 'chunked';
  const piece = isChunked ? encodeChunk(part) : part;
  await connection.write(
    encodeHead(url, {
      headers: [isChunked ? ['transfer-encoding', 'chunked'] : ['content-length', String(uploadBytes)]],
    }),
  );
  const before = usedBytes();
  let peak = before;
  for (let sent = 0; sent < uploadBytes && !connection.isClosed(); sent += part.length) {
    await Promise.race([connection.write(piece), connection.closed]);
    if (sent % (10 * mebibyte) === 0) peak = Math.max(peak, usedBytes());
  }
  if (isChunked) await Promise.race([connection.write('0\r\n\r\n'), connection.closed]);
  return peak - before;
}

/**
 * What is in use. Not the resident set, which hides growth into pages that an earlier test left, and shows garbage: that is
 * collected first, twice, since a first collection only marks buffers.
 */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
