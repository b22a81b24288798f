import { type HandlerOf, parseEvent } from '@twenty-webhooks/express';
import { sampleEvent, type WireFormat } from '@twenty-webhooks/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isValidBlocks } from '../dev/block-kit.ts';
import { type SlackStandIn, startSlackStandIn } from '../dev/slack-stand-in.ts';
import { announceLead } from '../src/handlers/new-lead.ts';
import { announceWin, formatAmount } from '../src/handlers/won-deal.ts';
import { toLink, toMarkup, toMessage } from '../src/message.ts';
import { SlackChannel } from '../src/slack.ts';
import { contextOf, envFor } from './slack-context.ts';

let slack: SlackStandIn;
let before = 0;
beforeAll(async () => {
  slack = await startSlackStandIn();
});
afterEach(() => {
  before = slack.messages.length;
});
afterAll(() => slack.close());

/** Run a handler for the event; gives what it posted. */
async function posted(name: string, format: WireFormat, changes: Readonly<Record<string, unknown>>) {
  const overrides = format === 'server' ? { record: changes } : { data: { attributes: changes } };
  const body = JSON.stringify(sampleEvent(name, { format, overrides }));
  const event = await parseEvent(new TextEncoder().encode(body));
  const env = envFor(slack);
  const channel = new SlackChannel(env);
  if (name.startsWith('person')) {
    await announceLead(channel, env)(event as Parameters<HandlerOf<'person.created'>>[0], contextOf());
  } else {
    await announceWin(channel, env)(event as Parameters<HandlerOf<'opportunity.created'>>[0], contextOf());
  }
  const messages = slack.messages.slice(before);
  return { messages, text: messages[0]?.text, blocks: JSON.stringify(messages[0]?.blocks), event };
}

describe('a new lead', () => {
  it('is told with its name, e-mail, job title and a link, in the format of the servers', async () => {
    const changes = {
      name: { firstName: 'Ada', lastName: 'Lovelace' },
      emails: { primaryEmail: 'ada@example.com' },
      jobTitle: 'Countess',
      companyId: 'c-1',
    };
    const { messages, text, blocks, event } = await posted('person.created', 'server', changes);
    expect(messages).toHaveLength(1);
    expect(text).toBe('New lead: Ada Lovelace');
    expect(blocks).toContain('*New lead:* Ada Lovelace');
    expect(blocks).toContain('*Email*\\nada@example.com');
    expect(blocks).toContain('*Job title*\\nCountess');
    expect(blocks).toContain('<https://crm.example/object/company/c-1|Open company>');
    const { id } = (event as { data: { id: string } }).data;
    expect(blocks).toContain(`<https://crm.example/object/person/${id}|Open in Twenty>`);
  });

  it("is told in the format of Twenty's guide", async () => {
    const changes = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' };
    const { text, blocks } = await posted('person.created', 'envelope', changes);
    expect(text).toBe('New lead: Ada Lovelace');
    expect(blocks).toContain('*Email*\\nada@example.com');
  });

  it('is told without a name, by its e-mail or as one that has none', async () => {
    const nameless = { name: null, jobTitle: null, companyId: null };
    const email = { emails: { primaryEmail: 'ada@example.com' } };
    expect((await posted('person.created', 'server', { ...nameless, ...email })).text).toBe(
      'New lead: ada@example.com',
    );
    before = slack.messages.length;
    const { text, blocks } = await posted('person.created', 'server', { ...nameless, emails: null });
    expect(text).toBe('New lead: (no name)');
    expect(blocks).not.toContain('fields');
  });

  it('pings nobody and links nowhere else, whatever its fields say', async () => {
    const evil = '<!channel> <https://evil.example|Open in Twenty> & more\n*bold*';
    const changes = { name: { firstName: evil, lastName: '>' }, emails: { primaryEmail: evil }, jobTitle: evil };
    const { text, blocks = '' } = await posted('person.created', 'server', { ...changes, companyId: 'c|<!here>' });
    expect(text).toMatch(
      /^New lead: &lt;!channel&gt; &lt;https:\/\/evil\.example\|Open in Twenty&gt; &amp; more \*bold\*/,
    );
    // All that Slack would take for more than text is ours.
    const inclusions = [...`${text}${blocks}`.matchAll(/<[^>]*>/g)].map(([inclusion]) => inclusion);
    expect(inclusions).toHaveLength(1);
    for (const inclusion of inclusions)
      expect(inclusion).toMatch(/^<https:\/\/crm\.example\/object\/[^<>|]+\|Open [\w ]+>$/);
    const unverbatim = JSON.parse(blocks, (_key, value) =>
      value?.type === 'mrkdwn' && value.verbatim !== true ? 'automatic links' : value,
    );
    expect(JSON.stringify(unverbatim)).not.toContain('automatic links');
  });

  it.each([
    ['half a character', 'a\ud800'],
    ['far too long', 'x'.repeat(4_000)],
    ['a path', '..'],
  ])('whose id is %s is told without a link', async (_what, id) => {
    const { messages, blocks } = await posted('person.created', 'server', { id, companyId: id });
    expect(messages).toHaveLength(1);
    expect(blocks).not.toContain('/object/');
  });

  it('of very long fields is a message that Slack takes', async () => {
    const long = '&'.repeat(100_000);
    const changes = { name: { firstName: long, lastName: long }, emails: { primaryEmail: long }, jobTitle: long };
    expect((await posted('person.created', 'server', changes)).messages).toHaveLength(1);
  });
});

describe('a won deal', () => {
  it.each(['opportunity.created', 'opportunity.updated'])('is told with its amount: %s', async (name) => {
    const changes = {
      name: 'Engines',
      stage: 'CUSTOMER',
      amount: { amountMicros: '1250000000000', currencyCode: 'EUR' },
    };
    const { text, blocks, event } = await posted(name, 'server', changes);
    expect(text).toBe('Won: Engines');
    expect(blocks).toContain('*Amount*\\n€1,250,000');
    const { id } = (event as { data: { id: string } }).data;
    expect(blocks).toContain(`<https://crm.example/object/opportunity/${id}|Open in Twenty>`);
  });

  it("is told in the format of Twenty's guide", async () => {
    const { text, blocks } = await posted('opportunity.updated', 'envelope', {
      stage: 'WON',
      name: 'Engines',
      amount: 500,
    });
    expect(text).toBe('Won: Engines');
    expect(blocks).toContain('*Amount*\\n500');
  });

  it.each([['PROPOSAL'], [null], ['customer']])('in stage %s is none', async (stage) => {
    expect((await posted('opportunity.updated', 'server', { stage })).messages).toEqual([]);
  });
});

describe('formatAmount', () => {
  it.each([
    [{ amountMicros: 1_250_000_000_000, currencyCode: 'EUR' }, '€1,250,000'],
    [{ amountMicros: '9007199254740993000001', currencyCode: 'USD' }, '$9,007,199,254,740,993.000001'],
    [{ amountMicros: 12_500_000, currencyCode: 'EUR' }, '€12.50'],
    [{ amountMicros: -500_000, currencyCode: 'EUR' }, '-€0.50'],
    [{ amountMicros: 1_000_000, currencyCode: 'JPY' }, '¥1'],
    [{ amountMicros: 1_000_000, currencyCode: 'EURO' }, '1 EURO'],
    [{ amountMicros: 0, currencyCode: 'EUR' }, '€0'],
    [{ amountMicros: null, currencyCode: 'EUR' }, undefined],
    [null, undefined],
    [500, '500'],
    [0.00000012, '0.00000012'],
    [1234.5, '1,234.5'],
    ['12.5', '12.5'],
    ['9007199254740993.25', '9,007,199,254,740,993.25'],
    ['', undefined],
    [' ', undefined],
    ['0x10', undefined],
    ['a lot', undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])('%o is %s', (field, text) => {
    expect(formatAmount(field)).toBe(text);
  });
});

describe('toLink', () => {
  it.each(['c0ffee00-0000-4000-8000-000000000001', 'abc_1'])('links the record %s', (id) => {
    expect(toLink('https://crm.example', 'person', id)).toBe(
      `<https://crm.example/object/person/${id}|Open in Twenty>`,
    );
  });

  it.each([[''], ['x'.repeat(65)], ['a/../b'], ['a\ud800'], ['a\n'], [{ a: '<!here>' }], ['c|<!here>'], ['%2e']])(
    'links no %j',
    (id) => {
      expect(toLink('https://crm.example', 'person', id)).toBeUndefined();
    },
  );
});

describe('toMarkup', () => {
  it.each([
    ['AT&T <sales>', 'AT&amp;T &lt;sales&gt;'],
    ['&lt;!channel&gt;', '&amp;lt;!channel&amp;gt;'],
    ['two\r\nlines\u2028and\u0000more', 'two lines and more'],
    ['\u202egnihsihp', 'gnihsihp'],
    ['half \ud83d of one', 'half of one'],
    ['👩‍🚀 Łukasik', '👩‍🚀 Łukasik'],
    [' \n ', undefined],
    [undefined, undefined],
    [42, undefined],
  ])('of %j is %j', (text, markup) => {
    expect(toMarkup(text)).toBe(markup);
  });

  it('cuts before it escapes, and never through a character', () => {
    expect(toMarkup('&'.repeat(250))).toBe('&amp;'.repeat(250));
    expect(toMarkup('&'.repeat(251))).toBe(`${'&amp;'.repeat(249)}…`);
    expect(toMarkup('🚀'.repeat(251))).toBe(`${'🚀'.repeat(249)}…`);
  });

  it('makes blocks that Slack takes of any text', () => {
    const name = '<'.repeat(1_000);
    const facts = Object.fromEntries(['a', 'b', 'c'].map((label) => [label, toMarkup(name)]));
    expect(isValidBlocks(toMessage({ title: 'New lead', name, facts, link: '<https://a|b>' }).blocks)).toBe(true);
  });
});
