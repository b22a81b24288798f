import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { sampleEvent, startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliveryDetail, DeliverySummary, InspectorInfo } from '../src/listen/inspector-api.ts';
import { ask, startTestListen } from './listen-fixture.ts';

interface List {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

describe('the list', () => {
  test('comes in pages', async () => {
    const { send, get } = await startTestListen();
    for (let count = 0; count < 5; count++) await send('person.created');
    const ids = async (query: string) => (await get<List>(`deliveries?${query}`)).deliveries.map(({ id }) => id);
    expect(await ids('limit=2')).toEqual([5, 4]);
    expect(await ids('limit=2&before=4')).toEqual([3, 2]);
    expect(await ids('before=2')).toEqual([1]);
  });

  test('has whole numbers for its pages', async () => {
    const { origin } = await startTestListen();
    for (const query of ['limit=0', 'limit=10001', 'limit=x', 'before=-1', 'before=1.5']) {
      const { status, text } = await ask(`${origin}/_inspector/deliveries?${query}`, {});
      expect([query, status, text]).toEqual([query, 400, expect.stringContaining('PARAMETER_INVALID')]);
    }
  });

  test('can be emptied; numbers go on, and events stay known', async () => {
    const { origin, deliver, get } = await startTestListen();
    const body = sampleEvent('person.created');
    await deliver(body);
    expect(await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' })).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(await get('deliveries')).toEqual({ deliveries: [], total: 0 });
    expect((await deliver(body)).body).toContain('duplicate');
    expect((await get<List>('deliveries')).deliveries).toMatchObject([{ id: 2 }]);
  });

  test('is emptied in the inbox too', async () => {
    const { origin, folder, send } = await startTestListen();
    await send('person.created');
    const inbox = sqliteInbox(join(folder, 'inbox.sqlite'));
    onTestFinished(() => inbox.close({ graceMs: 0 }));
    await expect.poll(() => inbox.inspection.counts()).toMatchObject({ done: 1 });
    await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' });
    expect(await inbox.inspection.list()).toEqual([]);
  });

  test('leaves nothing in the files when it is emptied', async () => {
    const { origin, folder, send, close } = await startTestListen();
    await send('person.created', { record: { jobTitle: 'very private words' } });
    const holding = async () => {
      const names = await readdir(folder);
      const found = await Promise.all(
        names.map(async (name) => (await readFile(join(folder, name))).includes('very private words') && name),
      );
      return found.filter(Boolean);
    };
    expect(await holding()).not.toEqual([]);
    const inbox = sqliteInbox(join(folder, 'inbox.sqlite'));
    onTestFinished(() => inbox.close({ graceMs: 0 }));
    await expect.poll(() => inbox.inspection.counts()).toMatchObject({ done: 1 });
    await inbox.close({ graceMs: 0 });
    await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' });
    expect(await holding()).toEqual([]);
    await close();
  });

  test('has long paths and answers cut; the detail has them whole', async () => {
    const body = 'b'.repeat(1_000);
    const { origin: target, close } = await startTestServer((_request, response) => response.end(body));
    onTestFinished(close);
    const { origin, get } = await startTestListen({ forwardUrl: new URL(target) });
    const stream = await openStream(origin);
    const path = `/${'a'.repeat(1_000)}`;
    await ask(origin + path, { method: 'POST', body: '{}' });
    const cut = { path: `${path.slice(0, 200)}…`, forward: { body: `${body.slice(0, 200)}…` } };
    expect(await get('deliveries')).toMatchObject({ deliveries: [cut] });
    expect(await get('deliveries/1')).toMatchObject({ path, forward: { body } });
    await expect.poll(() => stream.text().match(/^event: delivery$/gm)).toHaveLength(2);
    expect(stream.text()).not.toMatch(/[ab]{300}/);
  });

  test('knows about itself', async () => {
    const { get, receiveUrl } = await startTestListen({ keep: 7 });
    expect(await get<InspectorInfo>('info')).toEqual({
      version: expect.any(String),
      receiveUrl,
      hasSecret: true,
      keep: 7,
    });
  });

  test('is all there is', async () => {
    const { origin } = await startTestListen();
    for (const path of ['nothing', 'deliveries/1', 'deliveries/x', 'deliveries/1/replay', 'deliveries/1e0', '']) {
      expect([path, (await ask(`${origin}/_inspector/${path}`, {})).status]).toEqual([path, 404]);
    }
  });
});

describe('a delivery in detail', () => {
  test('has what changed, and the record as the last genuine delivery had it', async () => {
    const { deliver, get } = await startTestListen();
    const body = (city: string, updatedAt: string) =>
      sampleEvent('company.updated', { overrides: { record: { id: 'c1', city, updatedAt }, updatedFields: ['city'] } });
    await deliver(body('Oslo', '2026-01-01T00:00:00.000Z'));
    await deliver(body('Forged', '2026-01-02T00:00:00.000Z'), 'wrong');
    await deliver(sampleEvent('company.updated', { overrides: { record: { id: 'c2', city: 'Rome' } } }));
    await deliver(body('Bergen', '2026-01-03T00:00:00.000Z'));
    const last = await get<DeliveryDetail>('deliveries/4');
    expect(last).toMatchObject({
      updatedFields: ['city'],
      record: { id: 'c1', city: 'Bergen' },
      previous: { deliveryId: 1, record: { id: 'c1', city: 'Oslo' } },
    });
    expect(await get<DeliveryDetail>('deliveries/1')).not.toHaveProperty('previous');
    // What is not genuine has a previous one, and is none.
    expect(await get<DeliveryDetail>('deliveries/2')).toMatchObject({ previous: { deliveryId: 1 } });
  });

  test('of a deletion has the record that was', async () => {
    const { deliver, get } = await startTestListen();
    for (const format of ['server', 'envelope'] as const) {
      await deliver(sampleEvent('person.deleted', { format }));
    }
    expect((await get<DeliveryDetail>('deliveries/1')).record).toHaveProperty('emails');
    expect((await get<DeliveryDetail>('deliveries/2')).record).toHaveProperty('firstName');
  });

  test('is there also if the record is nested too deep to be written', async () => {
    const { deliver, get, errors } = await startTestListen();
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const text = `{"eventName":"person.created","record":{"id":"1","x":${deep}}}`;
    await deliver(text);
    await deliver(text.replace('person', 'metadata.webhook'));
    expect(await get<DeliveryDetail>('deliveries/1')).toMatchObject({ id: 1, body: text, recordId: '1' });
    expect(await get<DeliveryDetail>('deliveries/2')).toMatchObject({ id: 2, isMasked: true });
    expect(await get<List>('deliveries')).toMatchObject({ total: 2 });
    expect(errors).toEqual([]);
  });

  test('of bytes that are no UTF-8 says so', async () => {
    const { deliver, get } = await startTestListen();
    expect((await deliver(Uint8Array.of(0x7b, 0xff, 0x7d))).status).toBe(400);
    expect(await get('deliveries/1')).toMatchObject({ isUtf8: false, body: '{\ufffd}', code: 'BODY_NOT_UTF8' });
  });
});

describe('secrets of metadata.webhook events', () => {
  const hidden = ['0123secretofawebhook', 'theoldone0123'];
  const [now, before] = hidden;
  const webhookEvent = () => ({
    ...sampleEvent('metadata.webhook.updated'),
    event: {
      metadataName: 'webhook',
      recordId: 'w1',
      type: 'updated',
      properties: {
        updatedFields: ['secret'],
        diff: { secret: { before, after: now } },
        before: { id: 'w1', targetUrl: 'https://a.example', secret: before },
        after: { id: 'w1', targetUrl: 'https://a.example', secret: now },
      },
    },
  });

  test('are nowhere in what the page gets, and cannot be searched for', async () => {
    // A target that gives back what it got.
    const { origin: target, close } = await startTestServer((request, response) => request.pipe(response));
    onTestFinished(close);
    const { origin, deliver, get } = await startTestListen({ forwardUrl: new URL(target) });
    const stream = await openStream(origin);
    const answer = await deliver(webhookEvent());
    expect(answer.body).toContain(now);
    // Also one that was cut off on its way, and one that is not genuine.
    await deliver(JSON.stringify(webhookEvent()).slice(0, -2));
    await deliver(webhookEvent(), 'wrong');
    const replayed = await ask(`${origin}/_inspector/deliveries/1/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: target, sign: 'original' }),
    });
    await expect.poll(() => stream.text().match(/^event: delivery$/gm)).toHaveLength(6);
    const details = await Promise.all([1, 2, 3].map((id) => get<DeliveryDetail>(`deliveries/${id}`)));
    const shown = JSON.stringify([details, await get('deliveries'), replayed.text, stream.text()]);
    for (const one of hidden) expect(shown).not.toContain(one);
    expect(details.map(({ isMasked }) => isMasked)).toEqual([true, true, true]);
    expect(details[0]?.body).toContain('a.example');
    expect(details[0]).toMatchObject({ object: 'metadata.webhook', recordId: 'w1', updatedFields: ['secret'] });
    expect(details[0]?.record?.secret).not.toBe('');
    // As the answer says, and not what a digest of the masked body is.
    const { deliver: accept, get: see } = await startTestListen();
    const { id } = JSON.parse((await accept(webhookEvent())).body);
    expect(await see('deliveries/1')).toMatchObject({ eventId: id });

    for (const text of [...hidden, '23secret', now?.toUpperCase() ?? '']) {
      expect(await get(`search?text=${text}`)).toEqual({ ids: [] });
    }
    expect(await get('search?text=A.EXAMPLE')).toEqual({ ids: [3, 1] });
  });

  test('are masked also if the name is written with an escape', async () => {
    const { deliver, get } = await startTestListen();
    await deliver(JSON.stringify(webhookEvent()).replace('metadata.webhook', 'metadata.web\\u0068ook'));
    expect(JSON.stringify(await get('deliveries/1'))).not.toContain(now);
    expect(await get(`search?text=${now}`)).toEqual({ ids: [] });
  });

  test('are not the name of the record either, wherever the name of the event stands', async () => {
    const { deliver, deliveries } = await startTestListen();
    const record = { id: 'w1', name: now };
    await deliver({ eventName: 'person.created', record, note: JSON.stringify(JSON.stringify(webhookEvent())) });
    expect(deliveries).toMatchObject([{ event: 'person.created', recordId: 'w1' }]);
    expect(JSON.stringify(deliveries)).not.toContain(now);
  });

  test('a field named secret of a record is data', async () => {
    const { send, get } = await startTestListen();
    await send('person.created', { record: { secretSanta: 'Bob' } });
    expect(await get('deliveries/1')).toMatchObject({ isMasked: false, record: { secretSanta: 'Bob' } });
  });
});

test('search looks into bodies and headers, in any case, the newest first', async () => {
  const { send, get } = await startTestListen();
  for (let count = 0; count < 45; count++) await send('note.created');
  await send('person.created', { record: { jobTitle: 'Grüße 🚀' } });
  await send('person.updated', { record: { jobTitle: 'grüsse' } });
  const find = async (text: string) => (await get<{ ids: number[] }>(`search?text=${encodeURIComponent(text)}`)).ids;
  expect(await find('GRÜSSE')).toEqual([47]);
  expect(await find('GRÜ')).toEqual([47, 46]);
  expect(await find('🚀')).toContain(46);
  expect(await find('note.created')).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
  expect(await find('X-Twenty-Webhook-Nonce: ')).toHaveLength(47);
  expect(await find('nowhere to be found')).toEqual([]);
});

describe('the stream', () => {
  test('brings each delivery, twice if it is passed on, and tells when all are forgotten', async () => {
    const { origin: target, close } = await startTestServer((_request, response) => response.end());
    onTestFinished(close);
    const { origin, send } = await startTestListen({ forwardUrl: new URL(target) });
    const stream = await openStream(origin);
    await send('person.created');
    await ask(`${origin}/_inspector/deliveries`, { method: 'DELETE' });
    await expect.poll(stream.text).toContain('event: cleared');
    expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = stream
      .text()
      .split('\n\n')
      .filter((part) => part.startsWith('event:'));
    expect(events.map((part) => part.split('\n')[0])).toEqual(['event: delivery', 'event: delivery', 'event: cleared']);
    const data = events.map((part) => JSON.parse(part.split('data: ')[1] ?? ''));
    expect(data).toMatchObject([
      { id: 1, isForwarding: true },
      { id: 1, isForwarding: false, forward: { status: 200 } },
      {},
    ]);
  });

  test('ends when listen does', async () => {
    const { origin, close } = await startTestListen();
    const stream = await openStream(origin);
    await close();
    await expect.poll(() => stream.response.complete).toBe(true);
  });
});

/** Read server-sent events as text. */
async function openStream(origin: string) {
  const request = getHttp(`${origin}/_inspector/stream`);
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  onTestFinished(() => void request.destroy());
  let text = '';
  response.on('error', () => {});
  response.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  return { response, text: () => text };
}
