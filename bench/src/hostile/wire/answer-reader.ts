/** Takes what comes over a connection, in any pieces, and gives the answers in it, one after the other. */
export interface AnswerReader {
  /** @returns the answers that are whole now */
  take(bytes: Buffer): readonly WireAnswer[];
}

export interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

export function createAnswerReader(): AnswerReader {
  let text = '';
  return {
    take(bytes) {
      text += bytes.toString('latin1');
      const answers: WireAnswer[] = [];
      let from = 0;
      for (let next = takeOne(text, from); next !== undefined; next = takeOne(text, from)) {
        answers.push(next.answer);
        from = next.end;
      }
      text = text.slice(from);
      return answers;
    },
  };
}

function takeOne(text: string, from: number): { readonly answer: WireAnswer; readonly end: number } | undefined {
  const headEnd = text.indexOf('\r\n\r\n', from);
  if (headEnd < 0) return undefined;
  const head = text.slice(from, headEnd);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  if (Number.isNaN(status)) throw new Error(`no answer of HTTP: ${head}`);
  const bodyStart = headEnd + 4;
  const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
  // The shortest bodies only: the end of chunks is not looked for chunk by chunk.
  const bodyEnd = isChunked
    ? endOfChunks(text, bodyStart)
    : bodyStart + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  if (bodyEnd === undefined || bodyEnd > text.length) return undefined;
  return { answer: { status, body: text.slice(bodyStart, bodyEnd) }, end: bodyEnd };
}

function endOfChunks(text: string, from: number): number | undefined {
  const last = text.startsWith('0\r\n\r\n', from) ? from : text.indexOf('\r\n0\r\n\r\n', from);
  if (last < 0) return undefined;
  return text.indexOf('\r\n\r\n', last) + 4;
}
