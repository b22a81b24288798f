import { makeBodies } from '../bodies.ts';
import { toHeaders } from '../contenders/twenty.ts';
import { path } from './running-server.ts';

/** Make requests of 1.4 kB, each the delivery of another event, as they go over the wire. */
export function makeRequests(count: number): Buffer[] {
  return makeBodies('1.4 kB', count).map((body) => {
    const lines = Object.entries(toHeaders(body)).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
  });
}
