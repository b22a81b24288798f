import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findFreePort } from '@twenty-webhooks/services';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliveryDetail, DeliverySummary } from '../src/listen/inspector-api.ts';
import { openReceiver } from '../src/listen/open-receiver.ts';
import { takeDelivery } from '../src/listen/take-delivery.ts';
import { ask, makeTestFolder, secret, startTestListen } from './listen-fixture.ts';

interface List {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

describe('what listen receives', () => {
  test('is verified, stored and listed, the newest first', async () => {
    const { send, deliver, get } = await startTestListen();
    expect(
      await send('person.created', { record: { id: 'p1', name: { firstName: 'Ada', lastName: 'Lovelace' } } }),
    ).toMatchObject({ status: 200, body: expect.stringMatching(/^\{"status":"accepted","id":"evt_[0-9a-f]{32}"\}$/) });
    expect(await deliver(sampleEvent('company.updated'), 'another secret')).toEqual({
      status: 401,
      body: '{"error":"SIGNATURE_MISMATCH"}',
    });
    const { deliveries, total } = await get<List>('deliveries');
    expect(total).toBe(2);
    expect(deliveries).toMatchObject([
      {
        id: 2,
        status: 'rejected',
        code: 'SIGNATURE_MISMATCH',
        reason: expect.stringContaining('another secret'),
        scheme: 'timestamped',
        event: 'company.updated',
        isForwarding: false,
      },
      {
        id: 1,
        method: 'POST',
        path: '/webhooks/twenty',
        status: 'accepted',
        scheme: 'timestamped',
        event: 'person.created',
        eventId: expect.stringMatching(/^evt_/),
        format: 'server',
        object: 'person',
        recordId: 'p1',
        recordName: 'Ada Lovelace',
      },
    ]);
    expect(deliveries[0]).not.toHaveProperty('forward');
  });

  test('is a duplicate the second time, also after a restart, which keeps the list and goes on counting', async () => {
    const body = sampleEvent('person.created');
    const first = await startTestListen();
    await first.deliver(body);
    expect((await first.deliver(body)).body).toContain('duplicate');
    await first.close();
    const second = await startTestListen({ folder: first.folder });
    expect((await second.deliver(body)).body).toContain('duplicate');
    const { deliveries } = await second.get<List>('deliveries');
    expect(deliveries.map(({ id, status }) => [id, status])).toEqual([
      [3, 'duplicate'],
      [2, 'duplicate'],
      [1, 'accepted'],
    ]);
  });

  test('is every request that is not for the inspector', async () => {
    const { origin, get } = await startTestListen();
    const requests = [
      ['GET', '/', { 'x-twenty-webhook-signature': 'ab' }, 405, 'METHOD_NOT_ALLOWED'],
      ['HEAD', '/', { 'x-twenty-signature': 'ab' }, 405, 'METHOD_NOT_ALLOWED'],
      ['PUT', '/any/path?x=1', {}, 405, 'METHOD_NOT_ALLOWED'],
      ['POST', '/', {}, 400, 'BODY_EMPTY'],
      ['GET', '/favicon.png', {}, 405, 'METHOD_NOT_ALLOWED'],
      ['POST', '/favicon.ico', {}, 400, 'BODY_EMPTY'],
    ] as const;
    for (const [method, path, headers, status] of requests) {
      expect([path, (await ask(origin + path, { method, headers })).status]).toEqual([path, status]);
    }
    const seen = requests.map(([method, path, , , code]) => ({ method, path, code }));
    expect((await get<List>('deliveries')).deliveries).toMatchObject(seen.reverse());
  });

  test('may come through a tunnel', async () => {
    const { receiveUrl, get } = await startTestListen();
    const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });
    const tunnelled = { ...headers, host: 'abc.example.com', 'x-forwarded-for': '203.0.113.9' };
    expect((await ask(receiveUrl, { method: 'POST', headers: tunnelled, body })).status).toBe(200);
    expect((await get<List>('deliveries')).total).toBe(1);
  });

  test('keeps headers in order, with case and repeats, and bytes as they came', async () => {
    const { origin, get } = await startTestListen();
    const { port } = new URL(origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(
      'POST /x HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nx-a:  two\r\nX-B: 3\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{"a" : 1}',
    );
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    const detail = await get<DeliveryDetail>('deliveries/1');
    expect(detail.headers).toEqual([
      ['Host', 'a'],
      ['X-B', '1'],
      ['x-a', 'two'],
      ['X-B', '3'],
      ['Content-Length', '9'],
      ['Connection', 'close'],
    ]);
    expect(detail).toMatchObject({ body: '{"a" : 1}', bytes: 9, isUtf8: true, isMasked: false });
  });

  test('is read within limits: 6 MB are a 413 without a body', async () => {
    const { receiveUrl, get } = await startTestListen();
    const large = new Uint8Array(6_000_000);
    const answer = await ask(receiveUrl, { method: 'POST', body: large });
    expect(answer.status).toBe(413);
    // Not announced: chunked.
    const stream = new Blob([large]).stream();
    const chunked = await fetch(receiveUrl, { method: 'POST', body: stream, duplex: 'half' } as RequestInit).catch(
      () => {},
    );
    expect(chunked?.status ?? 413).toBe(413);
    expect((await get<List>('deliveries')).deliveries).toMatchObject([
      { code: 'BODY_TOO_LARGE', bytes: 0 },
      { code: 'BODY_TOO_LARGE', bytes: 0 },
    ]);
  });

  test('without a secret is accepted unsigned', async () => {
    const { deliver, deliveries } = await startTestListen({ secrets: undefined });
    expect((await deliver(sampleEvent('note.created'), '')).status).toBe(200);
    expect(deliveries).toMatchObject([{ status: 'accepted', scheme: 'unsigned' }]);
  });

  test('may be signed with any of several secrets', async () => {
    const { deliver } = await startTestListen({ secrets: ['new', 'old'] });
    expect((await deliver(sampleEvent('note.created'), 'old')).status).toBe(200);
  });

  test('is forgotten beyond what is kept', async () => {
    const { send, get } = await startTestListen({ keep: 2 });
    for (let count = 0; count < 4; count++) await send('task.created');
    const { deliveries, total } = await get<List>('deliveries');
    expect([total, deliveries.map(({ id }) => id)]).toEqual([2, [4, 3]]);
    expect((await get<{ error: object }>('deliveries/1')).error).toMatchObject({ code: 'DELIVERY_UNKNOWN' });
  });

  test('is for nobody else on this machine to read, nor for Git', async () => {
    const { folder, send } = await startTestListen();
    await send('person.created');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
    const files = await readdir(folder);
    expect(files).toEqual(expect.arrayContaining(['deliveries.sqlite', 'inbox.sqlite']));
    expect(files.filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)).toEqual([]);
  });

  test('is forgotten by the inbox too', async () => {
    const first = await startTestListen({ keep: 1 });
    const inbox = sqliteInbox(join(first.folder, 'inbox.sqlite'));
    onTestFinished(() => inbox.close({ graceMs: 0 }));
    for (let done = 1; done <= 3; done++) {
      await first.send('task.created');
      // What is done before the oldest of the list came is forgotten, so each is waited for.
      await expect.poll(() => inbox.inspection.counts()).toMatchObject({ done });
    }
    await first.close();
    await startTestListen({ folder: first.folder, keep: 1 });
    // The last one may have been done before the list had it.
    await expect.poll(async () => (await inbox.inspection.list()).length).toBeLessThan(2);
  });

  test('is told and answered also if the list cannot keep it', async () => {
    const folder = await makeTestFolder();
    const told: DeliverySummary[] = [];
    const errors: Error[] = [];
    const onError = (error: Error): number => errors.push(error);
    const { store, receiver } = openReceiver({ folder, secrets: [secret], keep: 9, onCleared() {}, onError });
    onTestFinished(() => receiver.close());
    store.close();
    const { signal } = new AbortController();
    const announce = (delivery: DeliverySummary, isListed: boolean): void => {
      expect(isListed).toBe(false);
      told.push(delivery);
    };
    const intake = { receiver, store, forwardUrl: undefined, id: 'x', timeoutMs: undefined, signal, announce, onError };
    const { origin, close } = await startTestServer((request, response) => takeDelivery(request, response, intake));
    onTestFinished(close);
    const answer = await fetch(origin, { method: 'POST', ...signDelivery(sampleEvent('note.created'), { secret }) });
    expect(answer.status).toBe(200);
    expect(told).toMatchObject([{ id: 0, event: 'note.created', status: 'accepted', bytes: expect.any(Number) }]);
    expect(JSON.stringify(told)).not.toContain('rawHeaders');
    expect(errors.map(({ message }) => message)).toContain('A delivery is missing in the list');
  });

  test('is HTTP, or refused with a word', async () => {
    const { origin, errors } = await startTestListen();
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.end('\x16\x03\x01 no HTTP');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(errors).toMatchObject([{ message: expect.stringContaining('refused with 400') }]);
  });

  test('is safe for 100 at a time', async () => {
    const { send, get } = await startTestListen();
    const answers = await Promise.all(Array.from({ length: 100 }, () => send('person.created')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await get<List>('deliveries')).total).toBe(100);
  });
});

describe('starting listen', () => {
  test('on a port that is taken says so', async () => {
    const { origin } = await startTestListen();
    await expect(startTestListen({ port: Number(new URL(origin).port) })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining('--port'),
    });
  });

  test('twice in one folder says so, and the first goes on', async () => {
    const { folder, send } = await startTestListen();
    await expect(startTestListen({ folder })).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      message: expect.stringContaining('--inbox'),
    });
    expect((await send('person.created')).status).toBe(200);
  });

  test('with a file of another version says so', async () => {
    const { folder, close } = await startTestListen();
    await close();
    const sqlite = new DatabaseSync(join(folder, 'deliveries.sqlite'));
    sqlite.exec('PRAGMA user_version = 0');
    sqlite.close();
    await expect(startTestListen({ folder })).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      message: expect.stringContaining('another version'),
    });
  });

  test('with --forward to itself is refused', async () => {
    const port = await findFreePort();
    for (const host of ['localhost', '0.0.0.0', '[::ffff:127.0.0.1]']) {
      const forwardUrl = new URL(`http://${host}:${port}/webhooks/twenty`);
      await expect(startTestListen({ port, forwardUrl })).rejects.toMatchObject({ code: 'FORWARD_TO_ITSELF' });
    }
    // And has let go of the port.
    await startTestListen({ port });
  });
});

test('listen does not write a .gitignore into a folder that was there', async () => {
  const folder = join(await makeTestFolder(), '..');
  await startTestListen({ folder });
  expect(await readdir(folder)).not.toContain('.gitignore');
});
