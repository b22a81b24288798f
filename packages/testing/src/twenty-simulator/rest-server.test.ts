import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { TwentySimulator } from './start-twenty-simulator.ts';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

/** Write a request as it is. Gives what comes until the server closes the connection. */
async function raw({ origin }: TwentySimulator, request: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let answer = '';
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text;
  });
  // Cut off while it still writes.
  socket.on('error', () => {});
  socket.write(request);
  await once(socket, 'close');
  return answer;
}

test.each(['//', '//[', '*', '/rest', '/%', 'http://[/'])('GET %s: 404', async (path) => {
  const { twenty } = await simulation();
  const answer = await raw(twenty, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  expect(answer).toContain('NotFoundException');
});

test('a body of more than a megabyte: 413 before anybody asks for the key, and the connection ends', async () => {
  const { twenty } = await simulation();
  const [head, body] = [
    'POST /rest/people HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n',
    ' '.repeat(1_000_001),
  ];
  // The rest never comes.
  expect(await raw(twenty, head + body)).toMatch(/^HTTP\/1\.1 413 .*PayloadTooLargeException/s);
  expect((await ask(twenty, 'POST', 'notes', { title: 'x'.repeat(900_000) })).status).toBe(201);
});

test.each([1_000, 200_000])('JSON nested %i deep is refused, and nothing is stored', async (depth) => {
  const { twenty, target } = await simulation();
  const body = `{"telemetry":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const { status, json } = await ask(twenty, 'POST', 'rockets', body);
  expect({ status, messages: json.messages }).toEqual({ status: 400, messages: [expect.any(String)] });
  expect(twenty.workspace.list('rocket')).toEqual([]);
  await twenty.settled();
  expect(target.arrivals).toEqual([]);
});

test.each(['Bearer', 'bearer', 'BEARER'])('%s and the key', async (scheme) => {
  const { twenty } = await simulation();
  const response = await fetch(`${twenty.origin}/rest/people`, {
    headers: { authorization: `${scheme} ${twenty.apiKey}` },
  });
  expect(response.status).toBe(200);
});

test('redirects that nobody asked for are 404, and the simulator goes on', async () => {
  const { twenty } = await simulation();
  const [{ id }] = (await ask(twenty, 'GET', 'webhooks')).json;
  for (const path of [`abc/${id}`, `200/${id}`, '301/nobody', '301', '']) {
    expect((await fetch(`${twenty.origin}/redirects/${path}`, { redirect: 'manual' })).status).toBe(404);
  }
  expect((await fetch(`${twenty.origin}/redirects/308/${id}`, { redirect: 'manual' })).status).toBe(308);
});

test('an id in capitals is the same id', async () => {
  const { twenty } = await simulation();
  const { id } = twenty.workspace.create('company');
  const person = await ask(twenty, 'POST', 'people', { companyId: id.toUpperCase() });
  expect(person.json.data.createPerson.companyId).toBe(id);
  expect((await ask(twenty, 'GET', `companies/${id.toUpperCase()}`)).json.data.company.id).toBe(id);
  expect((await ask(twenty, 'GET', `people?filter=companyId[eq]:${id.toUpperCase()}`)).json.totalCount).toBe(1);
});
