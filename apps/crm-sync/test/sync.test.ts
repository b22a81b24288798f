import { randomUUID } from 'node:crypto';
import { sampleEvent } from '@twenty-webhooks/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventOf, person, startApp } from './start-app.ts';

let app: Awaited<ReturnType<typeof startApp>>;
let id: string;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(() => {
  id = randomUUID();
  app.hubspot.setFaults({});
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
    const changed = person('Zoé', emailOf('zoe'));
    await app.handle(
      eventOf('person.updated', id, changed),
      eventOf('person.updated', id, { ...changed, position: 7 }),
    );
    expect(app.contactsOf(id)[0]?.properties).toMatchObject({ firstname: 'Zoé', email: emailOf('zoe') });
    expect(app.contactsOf(id)[0]?.properties).not.toHaveProperty('jobtitle');
    expect(callsSince(before).map(({ method, properties }) => [method, properties])).toEqual([
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

  it('in the format of the guide, deleted without updatedAt', async () => {
    const event = (name: string, attributes: object | null, previousAttributes: object | null, timestamp: string) => {
      const { data, ...envelope } = sampleEvent(name, { format: 'envelope' }) as { data: object };
      return {
        ...envelope,
        timestamp,
        workspaceId: 'workspace',
        data: { ...data, id, attributes, previousAttributes },
      };
    };
    const flat = { firstName: 'Zoë', lastName: 'D’Arc', email: emailOf('zoe'), phone: '+12012345678' };
    await app.send(event('person.created', flat, null, '2024-01-01T12:00:00Z'), 'envelope');
    await app.rest();
    expect(app.contactsOf(id)[0]?.properties).toEqual({
      ...{ twenty_id: id, firstname: 'Zoë', lastname: 'D’Arc', email: emailOf('zoe'), phone: '+12012345678' },
    });
    await app.send(
      event('person.deleted', null, { deletedAt: '2024-01-01T14:00:00Z' }, '2024-01-01T14:00:00Z'),
      'envelope',
    );
    await app.rest();
    expect(app.contactsOf(id)).toEqual([]);
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
  async function makeByHand(email: string): Promise<string> {
    const response = await fetch(`${app.hubspot.origin}/crm/v3/objects/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.hubspot.token}` },
      body: JSON.stringify({ properties: { email, jobtitle: 'by hand' } }),
    });
    return ((await response.json()) as { id: string }).id;
  }

  it('that was made by hand: it is taken over', async () => {
    const contact = await makeByHand(emailOf('zoe'));
    await app.handle(eventOf('person.created', id, person('Zoë', emailOf('zoe'))));
    expect(app.contactsOf(id)).toMatchObject([
      { id: contact, properties: { firstname: 'Zoë', email: emailOf('zoe') } },
    ]);
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

describe('HubSpot', () => {
  it('that says 429 is left alone for a while, at no cost of attempts', async () => {
    const before = app.hubspot.calls.length;
    const { dead } = (await app.rest()).jobs;
    app.hubspot.setFaults({ rateLimit: 10 });
    const ids = Array.from({ length: 25 }, () => randomUUID());
    await Promise.all(
      ids.map((one, index) => app.send(eventOf('person.created', one, person('Zoë', emailOf(`p${index}`))))),
    );
    await app.rest();
    expect(ids.map((one) => app.contactsOf(one).length)).toEqual(ids.map(() => 1));
    const statuses = callsSince(before).map(({ status }) => status);
    expect(statuses).toContain(429);
    // Nobody goes on while it says so: at most what was under way in each of the seconds.
    expect(statuses.filter((status) => status === 429).length).toBeLessThan(40);
    expect((await app.rest()).jobs.dead).toBe(dead);
    expect(app.output()).not.toContain('429');
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
