import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** A connection on which bytes go out in exactly the pieces that are given, and that is kept for the next request. */
export class RawConnection {
  readonly #port: number;
  #socket: Socket | undefined;
  #usedAtMs = 0;
  /** A character for each byte. */
  #received = '';
  #changed: () => void = () => {};

  constructor(origin: string) {
    this.#port = Number(new URL(origin).port);
  }

  /** Send a request; every piece is a write of its own, and the server may answer before the last. */
  async send(parts: readonly Uint8Array[]): Promise<RawAnswer> {
    const socket = await this.#open();
    this.#received = '';
    for (const part of parts) {
      if (socket.destroyed || !socket.writable) break;
      socket.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (;;) {
      const answer = this.#read(socket.destroyed);
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #open(): Promise<Socket> {
    // Node ends connections that were idle for 5 s, perhaps while a request is on its way.
    if (performance.now() - this.#usedAtMs > 2_000) this.close();
    this.#usedAtMs = performance.now();
    if (this.#socket !== undefined && !this.#socket.destroyed) return this.#socket;
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#changed();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#changed());
    socket.setTimeout(10_000, () => socket.destroy());
    this.#socket = socket;
    await once(socket, 'connect');
    return socket;
  }

  #read(isClosed: boolean): RawAnswer | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1];
    if (end >= 0 && length !== undefined && this.#received.length >= end + 4 + Number(length)) {
      // After one that says so, the connection is of no further use.
      if (/\r\nconnection: close/i.test(this.#received.slice(0, end + 2))) this.close();
      const status = Number(this.#received.slice(9, 12));
      return { status, body: Buffer.from(this.#received.slice(end + 4), 'latin1').toString('utf8') };
    }
    if (isClosed)
      throw new Error(`The connection ended without an answer: ${JSON.stringify(this.#received.slice(0, 200))}`);
    return undefined;
  }
}
