import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, fail, HubSpotRecords, type StoredRecord } from './hubspot-records.ts';

export type { StoredRecord } from './hubspot-records.ts';

export interface HubSpotStandInOptions {
  /** @default 0: a free one */
  readonly port?: number | undefined;
  /** What calls must bring as bearer. @default a random one */
  readonly token?: string | undefined;
}

export interface HubSpotFaults {
  /** Share, 0 to 1, of calls that change nothing and get a 500. */
  readonly failing?: number | undefined;
  /** Share of calls that do what they should, and whose connection then breaks without an answer. */
  readonly lostAnswers?: number | undefined;
  /** Every connection breaks at once. */
  readonly down?: boolean | undefined;
  /** Calls per second; more get a 429. */
  readonly rateLimit?: number | undefined;
  /** How long each answer takes. */
  readonly slowMs?: number | undefined;
}

export interface HubSpotCall {
  readonly method: string;
  readonly path: string;
  /** Names of the properties that were sent. */
  readonly properties: readonly string[];
  /** Those of them that had that value already, in updates that were carried out. */
  readonly unchanged: readonly string[];
  /** 0: the connection was broken. */
  readonly status: number;
  readonly atMs: number;
}

export interface HubSpotStandIn {
  readonly origin: string;
  readonly token: string;
  /** By id, archived ones too. */
  readonly contacts: ReadonlyMap<string, StoredRecord>;
  readonly companies: ReadonlyMap<string, StoredRecord>;
  /** Ids of companies, in order. */
  associationsOf(contactId: string): readonly string[];
  /** Every call so far, the oldest first. */
  readonly calls: readonly HubSpotCall[];
  /** Replaces what was set before. */
  setFaults(faults: HubSpotFaults): void;
  close(): Promise<void>;
}

/** Start what stands in for HubSpot: its CRM API as far as the app uses it, in memory. `/` lists the contacts. */
export async function startHubSpotStandIn(options: HubSpotStandInOptions = {}): Promise<HubSpotStandIn> {
  const { port = 0, token = `pat-${randomUUID()}` } = options;
  const records = new HubSpotRecords();
  const calls: HubSpotCall[] = [];
  let faults: HubSpotFaults = {};
  let allowed = { second: 0, count: 0 };

  /** A bucket per second, as coarse as HubSpot's per ten seconds. */
  function limit(): Answer | undefined {
    if (faults.rateLimit === undefined) return undefined;
    const second = Math.floor(Date.now() / 1_000);
    if (allowed.second !== second) allowed = { second, count: 0 };
    allowed.count += 1;
    if (allowed.count <= faults.rateLimit) return undefined;
    const answer = fail(429, 'RATE_LIMITS', 'You have reached your secondly limit.');
    return { ...answer, body: { ...answer.body, policyName: 'TEN_SECONDLY_ROLLING' }, headers: { 'retry-after': '1' } };
  }

  async function answerTo(request: IncomingMessage, body: string): Promise<Answer> {
    if (faults.slowMs !== undefined) await sleep(faults.slowMs, undefined, { ref: false });
    if (request.headers.authorization !== `Bearer ${token}`) {
      return fail(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
    }
    const limited = limit();
    if (limited !== undefined) return limited;
    if (Math.random() < (faults.failing ?? 0)) return fail(500, 'ERROR', 'internal error');
    return records.answer(request.method ?? 'GET', new URL(request.url ?? '/', 'http://localhost'), body);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/') return void write(response, { status: 200, body: records.overview() });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const isBroken = faults.down === true;
    const answer: Answer = isBroken ? fail(0, 'DOWN', '') : await answerTo(request, body);
    const isLost = isBroken || Math.random() < (faults.lostAnswers ?? 0);
    const [path = ''] = (request.url ?? '').split('?');
    const { method = 'GET' } = request;
    calls.push({
      method,
      path,
      properties: propertiesIn(body),
      unchanged: answer.unchanged ?? [],
      status: isLost ? 0 : answer.status,
      atMs: Date.now(),
    });
    if (isLost) request.socket.destroy();
    else write(response, answer);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    contacts: records.contacts,
    companies: records.companies,
    associationsOf: (contactId) => [...(records.associations.get(contactId) ?? [])].sort(),
    calls,
    setFaults(next) {
      faults = next;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function write(response: ServerResponse, { status, body, headers }: Answer): void {
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json;charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
}

function propertiesIn(body: string): readonly string[] {
  if (body === '') return [];
  try {
    const { properties, inputs = [{ properties }] } = JSON.parse(body);
    return inputs.flatMap((input: { properties?: object }) => Object.keys(input.properties ?? {}));
  } catch {
    return [];
  }
}
