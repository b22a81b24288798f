import { randomUUID } from 'node:crypto';
import { sampleEvent } from '@twenty-webhooks/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventOf, person, startApp } from './start-app.ts';

// PGlite takes seconds of a processor to start, on a busy machine many of them.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });

let app: Awaited<ReturnType<typeof startApp>>;
let id: string;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(() => {
  id = randomUUID();
  app.hubspot.setFaults({});
  app.beforeHubspot.intercept = undefined;
});

const emailOf = (name: string): string => `${name}.${id}@example.com`;
const callsSince = (count: number) => app.hubspot.calls.slice(count);

describe('one record', () => {
  it('is created with all properties, and updated with those that changed', async () => {
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('Zoe'), { jobTitle: 'Chef' })));
    expect(app.contactsOf(id).map(({ properties }) => properties)).toEqual([
      { twenty_id: id, firstname: 'Zoë', lastname: 'D’Arc', email: emailOf('zoe'), jobtitle: 'Chef' },
    ]);
    const before = app.hubspot.calls.length;
    const changed = person('Zoé', emailOf('zoe'), { jobTitle: null });
    await app.handle(
      eventOf('person.updated', id, changed),
      eventOf('person.updated', id, { ...changed, position: 7 }),
    );
    expect(app.contactsOf(id)[0]?.properties).toMatchObject({ firstname: 'Zoé', email: emailOf('zoe') });
    expect(app.contactsOf(id)[0]?.properties).not.toHaveProperty('jobtitle');
    expect(callsSince(before).map(({ method, properties }) => [method, [...properties].sort()])).toEqual([
      ['PATCH', ['firstname', 'jobtitle']],
    ]);
  });

  it('never goes back to an older state; a state of the same time is taken', async () => {
    const old = eventOf('person.updated', id, person('Old', emailOf('zoe')));
    const current = eventOf('person.updated', id, person('New', emailOf('zoe')));
    await app.handle(current, old);
    expect(app.contactsOf(id)[0]?.properties.firstname).toBe('New');
    const { updatedAt } = current.record;
    await app.handle(
      eventOf('person.updated', id, person('Same time', emailOf('zoe'), { updatedAt: updatedAt ?? null })),
    );
    expect(app.contactsOf(id)[0]?.properties.firstname).toBe('Same time');
  });

  it('is archived when it is deleted, stays so, and comes back once when it is restored', async () => {
    const fields = person('Zoë', emailOf('zoe'));
    const created = eventOf('person.created', id, fields);
    const late = eventOf('person.updated', id, fields);
    const deleted = eventOf('person.deleted', id, { ...fields, deletedAt: '2026-01-01T00:00:00.000Z' });
    await app.handle(created, deleted, late);
    expect(app.contactsOf(id)).toEqual([]);
    // Servers until January 2026 send the state before the deletion, so that an update may have the same time.
    const { updatedAt = null } = deleted.record;
    await app.handle(eventOf('person.updated', id, { ...fields, updatedAt }));
    expect(app.contactsOf(id)).toEqual([]);
    await app.handle(eventOf('person.restored', id, fields));
    expect(app.contactsOf(id)).toHaveLength(1);
  });

  it('is gone for good when it was destroyed, whatever comes later', async () => {
    const fields = person('Zoë', emailOf('zoe'));
    const destroyed = eventOf('person.destroyed', id, fields);
    await app.handle(eventOf('person.created', id, fields), destroyed, eventOf('person.restored', id, fields));
    expect(app.contactsOf(id)).toEqual([]);
    const another = randomUUID();
    await app.handle(eventOf('person.destroyed', another, fields), eventOf('person.created', another, fields));
    expect(app.contactsOf(another)).toEqual([]);
  });

  describe('in the format of the guide', () => {
    const send = async (name: string, attributes: object | null, previousAttributes: object | null, time: string) => {
      const { data, ...envelope } = sampleEvent(name, { format: 'envelope' }) as { data: object };
      const event = { ...envelope, timestamp: time, workspaceId: 'workspace' };
      await app.send({ ...event, data: { ...data, id, attributes, previousAttributes } }, 'envelope');
      await app.rest();
    };
    const flat = { firstName: 'Zoë', lastName: 'D’Arc', phone: '+12012345678' };
    const properties = { firstname: 'Zoë', lastname: 'D’Arc', phone: '+12012345678' };

    it('is deleted without updatedAt', async () => {
      await send('person.created', { ...flat, email: emailOf('zoe') }, null, '2024-01-01T12:00:00Z');
      expect(app.contactsOf(id)[0]?.properties).toEqual({ ...properties, twenty_id: id, email: emailOf('zoe') });
      await send('person.deleted', null, { deletedAt: '2024-01-01T14:00:00Z' }, '2024-01-01T14:00:00Z');
      expect(app.contactsOf(id)).toEqual([]);
    });

    it('keeps what an event does not have, also the company, and loses what is null', async () => {
      const company = randomUUID();
      await app.handle(eventOf('company.created', company, { name: 'Söhne' }));
      await send(
        'person.created',
        { ...flat, email: emailOf('zoe'), companyId: company },
        null,
        '2024-01-01T12:00:00Z',
      );
      await send('person.updated', { lastName: 'Doe' }, { lastName: 'D’Arc' }, '2024-01-01T13:00:00Z');
      const [contact] = app.contactsOf(id);
      expect(contact?.properties).toEqual({ ...properties, lastname: 'Doe', twenty_id: id, email: emailOf('zoe') });
      expect(app.hubspot.associationsOf(contact?.id ?? '')).toEqual([app.companiesOf(company)[0]?.id]);
      await send('person.updated', { phone: null, companyId: null }, null, '2024-01-01T14:00:00Z');
      expect(app.contactsOf(id)[0]?.properties).not.toHaveProperty('phone');
      expect(app.hubspot.associationsOf(contact?.id ?? '')).toEqual([]);
    });
  });

  it('that somebody deleted in HubSpot is made again', async () => {
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    const [contact] = app.contactsOf(id);
    const headers = { authorization: `Bearer ${app.hubspot.token}` };
    await fetch(`${app.hubspot.origin}/crm/v3/objects/contacts/${contact?.id}`, { method: 'DELETE', headers });
    await app.handle(eventOf('person.updated', id, person('Zoé', emailOf('zoe'))));
    expect(app.contactsOf(id)[0]?.properties).toMatchObject({ firstname: 'Zoé', email: emailOf('zoe') });
  });
});

describe('an e-mail address that another contact has', () => {
  async function makeByHand(email: string, more: object = {}): Promise<string> {
    const response = await fetch(`${app.hubspot.origin}/crm/v3/objects/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.hubspot.token}` },
      body: JSON.stringify({ properties: { email, jobtitle: 'by hand', ...more } }),
    });
    return ((await response.json()) as { id: string }).id;
  }

  it('that was made by hand: it is taken over', async () => {
    const contact = await makeByHand(emailOf('zoe'));
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    expect(app.contactsOf(id)).toMatchObject([
      { id: contact, properties: { firstname: 'Zoë', email: emailOf('zoe'), jobtitle: 'by hand' } },
    ]);
  });

  it('that was made by hand: what Twenty does not know stays there, also if the run ends in the middle', async () => {
    await makeByHand(emailOf('zoe'));
    let refused = 0;
    app.beforeHubspot.intercept = ({ method }) => (method === 'PUT' && refused++ === 0 ? { status: 500 } : undefined);
    const company = randomUUID();
    const fields = person('Zoë', emailOf('zoe'), { jobTitle: null, companyId: company });
    await app.handle(
      eventOf('company.created', company, { name: 'Söhne' }),
      eventOf('person.created', id, fields),
      eventOf('person.updated', id, { ...fields, position: 7 }),
    );
    expect(refused).toBeGreaterThan(1);
    expect(app.contactsOf(id)[0]?.properties).toMatchObject({ firstname: 'Zoë', jobtitle: 'by hand' });
  });

  it('that is of somebody whom Twenty does not have: somebody has to merge them', async () => {
    const contact = await makeByHand(emailOf('zoe'), { twenty_id: randomUUID() });
    const { dead } = (await app.rest()).jobs;
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    expect((await app.rest()).jobs.dead).toBe(dead + 1);
    expect(app.contactsOf(id)[0]?.properties.firstname).toBe('Zoë');
    expect(app.output()).toContain(`Merge HubSpot's contacts ${contact}, ${app.contactsOf(id)[0]?.id}`);
  });

  it('that was made by hand, beside the one that there is: the rest is written, and somebody has to merge them', async () => {
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    const contact = await makeByHand(emailOf('other'));
    const { dead } = (await app.rest()).jobs;
    await app.handle(eventOf('person.updated', id, person('Zoé', emailOf('other'))));
    expect((await app.rest()).jobs.dead).toBe(dead + 1);
    expect(app.contactsOf(id)[0]?.properties.firstname).toBe('Zoé');
    expect(app.output()).toContain(`Merge HubSpot's contacts ${contact}, ${app.contactsOf(id)[0]?.id}`);
    expect(app.output()).not.toContain(emailOf('other'));
  });

  it('that is of another person: it comes as soon as the other lets go of it', async () => {
    const other = randomUUID();
    await app.handle(
      eventOf('person.created', other, person('Ada', emailOf('ada'))),
      eventOf('person.created', id, person('Zoë', emailOf('zoe'))),
      // They swap, and what says that Ada has a third one for a moment is lost.
      eventOf('person.updated', id, person('Zoë', emailOf('ada'))),
    );
    expect(app.contactsOf(id)[0]?.properties).not.toHaveProperty('email');
    await app.handle(eventOf('person.updated', other, person('Ada', emailOf('zoe'))));
    expect(app.contactsOf(id)[0]?.properties.email).toBe(emailOf('ada'));
    expect(app.contactsOf(other)[0]?.properties.email).toBe(emailOf('zoe'));
    await app.handle(eventOf('person.updated', other, person('Ada', emailOf('ada'))));
    await app.handle(eventOf('person.deleted', id, person('Zoë', emailOf('ada'))));
    expect(app.contactsOf(other)[0]?.properties.email).toBe(emailOf('ada'));
  });
});

describe('the company of a person', () => {
  const companyOf = (person: string) => app.hubspot.associationsOf(app.contactsOf(person)[0]?.id ?? '');

  it.each(['company first', 'person first'])('is associated: %s', async (order) => {
    const company = randomUUID();
    const events = [
      eventOf('company.created', company, {
        name: 'Söhne',
        domainName: { primaryLinkUrl: 'https://www.Soehne.example/x' },
      }),
      eventOf('person.created', id, person('Zoë', emailOf('zoe'), { companyId: company })),
    ];
    await app.handle(...(order === 'company first' ? events : events.reverse()));
    const [made] = app.companiesOf(company);
    expect(made?.properties).toEqual({ twenty_id: company, name: 'Söhne', domain: 'soehne.example' });
    expect(companyOf(id)).toEqual([made?.id]);
  });

  it('changes with it, goes with it, and comes back with it', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const move = (companyId: string | null) =>
      app.handle(eventOf('person.updated', id, person('Zoë', emailOf('zoe'), { companyId })));
    await app.handle(
      eventOf('company.created', one, { name: 'One' }),
      eventOf('company.created', two, { name: 'Two' }),
    );
    await move(one);
    await move(two);
    expect(companyOf(id)).toEqual([app.companiesOf(two)[0]?.id]);
    await app.handle(eventOf('company.deleted', two, { name: 'Two' }));
    expect(companyOf(id)).toEqual([]);
    await app.handle(eventOf('company.restored', two, { name: 'Two' }));
    expect(companyOf(id)).toEqual([app.companiesOf(two)[0]?.id]);
    await move(null);
    expect(companyOf(id)).toEqual([]);
  });
});

describe('what a job that died may have done', () => {
  const refuse = (method: string, status = 403) => {
    app.beforeHubspot.intercept = async (call) => {
      if (call.method !== method) return undefined;
      if (method === 'PATCH') await call.forward();
      return { status };
    };
  };
  const handleDead = async (event: object) => {
    const { dead } = (await app.rest()).jobs;
    await app.handle(event);
    expect((await app.rest()).jobs.dead).toBe(dead + 1);
    app.beforeHubspot.intercept = undefined;
  };

  it('a value is written again, though it was the one before', async () => {
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    refuse('PATCH');
    await handleDead(eventOf('person.updated', id, person('Zoé', emailOf('zoe'))));
    await app.handle(eventOf('person.updated', id, person('Zoë', emailOf('zoe'))));
    expect(app.contactsOf(id)[0]?.properties.firstname).toBe('Zoë');
  });

  it('a company is associated again, though it is the one that was to be', async () => {
    const company = randomUUID();
    await app.handle(eventOf('company.created', company, { name: 'Söhne' }));
    refuse('PUT', 401);
    const fields = person('Zoë', emailOf('zoe'), { companyId: company });
    await handleDead(eventOf('person.created', id, fields));
    await app.handle(eventOf('person.updated', id, fields));
    expect(app.hubspot.associationsOf(app.contactsOf(id)[0]?.id ?? '')).toEqual([app.companiesOf(company)[0]?.id]);
  });
});

describe('HubSpot', () => {
  it('that answers a creation with 207 and an error: nothing is taken for made', async () => {
    const company = randomUUID();
    await app.handle(eventOf('company.created', company, { name: 'Söhne' }));
    const urls: string[] = [];
    const error = { status: 'error', category: 'INTERNAL', message: 'Not now', context: {}, links: {}, errors: [] };
    app.beforeHubspot.intercept = ({ url, body }) => {
      if (!body.includes(id) && !url.includes('/associations/')) return undefined;
      if (urls.push(url) > 2) return undefined;
      const [startedAt, completedAt] = [new Date(), new Date()];
      return urls.length > 1
        ? { status: 404 }
        : {
            status: 207,
            body: { status: 'COMPLETE', results: [], numErrors: 1, errors: [error], startedAt, completedAt },
          };
    };
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'), { companyId: company })));
    const [contact] = app.contactsOf(id);
    expect(contact?.properties.firstname).toBe('Zoë');
    expect(app.hubspot.associationsOf(contact?.id ?? '')).toEqual([app.companiesOf(company)[0]?.id]);
    // In the third attempt; no association of a contact that was not there.
    expect(urls).toHaveLength(4);
    expect(app.output()).toContain('HubSpot: 207 INTERNAL Not now');
  });

  it('that answers a creation with 207 since another has the address: as with 409', async () => {
    const other = randomUUID();
    await app.handle(eventOf('person.created', other, person('Ada', emailOf('ada'))));
    const message = `Contact already exists. Existing ID: ${app.contactsOf(other)[0]?.id}`;
    const error = { status: 'error', category: 'CONFLICT', message, context: {}, links: {}, errors: [] };
    app.beforeHubspot.intercept = ({ url, body }) =>
      url.endsWith('/upsert') && body.includes(emailOf('ada'))
        ? { status: 207, body: { status: 'COMPLETE', results: [], errors: [error], startedAt: '', completedAt: '' } }
        : undefined;
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('ada'))));
    expect(app.contactsOf(id)[0]?.properties.firstname).toBe('Zoë');
  });

  it('that does not answer is given up after 10 s', async () => {
    let calls = 0;
    app.beforeHubspot.intercept = ({ body }) => {
      if (!body.includes(id) || calls++ > 0) return undefined;
      return new Promise(() => {});
    };
    const startedAtMs = performance.now();
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    expect(performance.now() - startedAtMs).toBeGreaterThan(9_000);
    expect(app.contactsOf(id)).toHaveLength(1);
  });

  it('that says 429 is left alone by all calls as long as it says, at no cost of attempts', async () => {
    const { dead } = (await app.rest()).jobs;
    const atMs: number[] = [];
    app.beforeHubspot.intercept = () =>
      atMs.push(performance.now()) === 1 ? { status: 429, headers: { 'retry-after': '2' } } : undefined;
    await app.send(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    while (atMs.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const others = Array.from({ length: 10 }, () => randomUUID());
    await Promise.all(others.map((one) => app.send(eventOf('person.created', one, person('Zoë', emailOf(one))))));
    await app.rest();
    expect([id, ...others].map((one) => app.contactsOf(one).length)).toEqual(Array.from({ length: 11 }, () => 1));
    expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThan(1_900);
    expect((await app.rest()).jobs.dead).toBe(dead);
    expect(app.output()).not.toContain('HubSpot: 429');
  });

  it('whose answer is lost has made one contact all the same', async () => {
    app.hubspot.setFaults({ lostAnswers: 1 });
    const before = app.hubspot.calls.length;
    await app.send(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    while (callsSince(before).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    app.hubspot.setFaults({});
    await app.rest();
    expect(app.contactsOf(id)).toHaveLength(1);
  });

  it('that answers 500 is tried again', async () => {
    app.hubspot.setFaults({ failing: 1 });
    await app.send(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    setTimeout(() => app.hubspot.setFaults({}), 300);
    await app.rest();
    expect(app.contactsOf(id)).toHaveLength(1);
  });

  it('that refuses has the job dead, without the address in the log', async () => {
    const { dead } = (await app.rest()).jobs;
    await app.handle(eventOf('person.created', id, person('Zoë', `${id}@no-domain`)));
    expect((await app.rest()).jobs.dead).toBe(dead + 1);
    expect(app.output()).toContain('HubSpot: 400 VALIDATION_ERROR');
    expect(app.output()).not.toContain(`${id}@`);
  });
});
