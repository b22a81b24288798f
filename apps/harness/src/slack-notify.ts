import { fileURLToPath } from 'node:url';
import { findFreePort } from '@twenty-webhooks/services';
import { type SlackStandIn, startSlackStandIn } from '@twenty-webhooks/slack-notify/dev/slack-stand-in';
import { startTwentySimulator, type TwentySimulator } from '@twenty-webhooks/testing';
import { type AppProcess, startAppProcess } from './app-process.ts';
import { groupBy } from './group-by.ts';
import type { Sample, SampleOptions } from './sample.ts';

/** An event that the channel must be told, and the messages about its record. */
export interface Announcement {
  readonly event: string;
  readonly recordId: string;
  /** As it stands in Twenty. */
  readonly name: string;
  /** What the message must say, in Slack's markup. */
  readonly says: readonly string[];
  readonly messages: SlackStandIn['messages'];
}

export interface SlackNotify extends Sample {
  readonly slack: SlackStandIn;
  announcements(): readonly Announcement[];
}

/** Start slack-notify. Each third thing that is triggered is a won deal, the others are new people. */
export async function startSlackNotify({ folder }: SampleOptions): Promise<SlackNotify> {
  const port = await findFreePort();
  const slack = await startSlackStandIn();
  const simulator = await startTwentySimulator({ target: `http://127.0.0.1:${port}/webhooks/twenty` });
  const app = await startAppProcess({
    folder: fileURLToPath(new URL('../../slack-notify/', import.meta.url)),
    command: ['src/server.ts'],
    cwd: folder,
    port,
    env: {
      TWENTY_WEBHOOK_SECRET: simulator.secret,
      TWENTY_URL: 'https://crm.example',
      SLACK_TOKEN: slack.token,
      SLACK_CHANNEL: slack.channel,
      SLACK_API_URL: slack.apiUrl,
    },
  });
  return createSlackNotify(slack, simulator, app);
}

function createSlackNotify(slack: SlackStandIn, simulator: TwentySimulator, app: AppProcess): SlackNotify {
  const { workspace } = simulator;
  const expected: Omit<Announcement, 'messages'>[] = [];
  let made = 0;
  const addPerson = (): void => {
    const [firstName = '', lastName = ''] = (people[made % people.length] ?? '').split(' ');
    const primaryEmail = `${made}@example.com`;
    const { id } = workspace.create('person', { name: { firstName, lastName }, emails: { primaryEmail } });
    const escaped = `${firstName} ${lastName}`.replace('<', '&lt;').replace('>', '&gt;');
    const says = [`New lead:* ${escaped}`, primaryEmail, `/object/person/${id}|`];
    expected.push({ event: 'person.created', recordId: id, name: `${firstName} ${lastName}`, says });
  };
  const winDeal = (): void => {
    const name = `Deal ${made}`;
    const amount = { amountMicros: made * 1_000_000, currencyCode: 'EUR' };
    const { id } = workspace.create('opportunity', { name, amount, stage: 'PROPOSAL' });
    workspace.update('opportunity', id, { stage: 'CUSTOMER' });
    const says = [`Won:* ${name}`, `€${made}"`, `/object/opportunity/${id}|`];
    expected.push({ event: 'opportunity.updated', recordId: id, name, says });
  };
  const announcements = (): readonly Announcement[] => {
    const told = groupBy(
      slack.messages,
      ({ blocks }) => /\/object\/\w+\/([\w-]+)\|Open in/.exec(JSON.stringify(blocks))?.[1],
    );
    return expected.map((one) => ({ ...one, messages: told.get(one.recordId) ?? [] }));
  };
  return {
    app,
    simulator,
    slack,
    announcements,
    trigger(count) {
      for (const end = made + count; made < end; made++) made % 3 === 2 ? winDeal() : addPerson();
    },
    triggerInTurn() {
      winDeal();
      const { recordId = '' } = expected.at(-1) ?? {};
      workspace.update('opportunity', recordId, { name: 'Renamed' });
      workspace.update('opportunity', recordId, { stage: 'MEETING' });
      made++;
    },
    effects: async () => slack.messages.length,
    async problems() {
      const told = announcements();
      const count = told.reduce((sum, { messages }) => sum + messages.length, 0);
      return [
        ...told.flatMap(({ event, name, says, messages: [message, ...others] }) => {
          if (message === undefined) return [`${event} of ${name}: no message`];
          const text = JSON.stringify(message.blocks);
          const unsaid = says.filter((part) => !text.includes(part));
          return [
            ...(others.length > 0 ? [`${event} of ${name}: ${others.length + 1} messages`] : []),
            ...(unsaid.length > 0 ? [`${event} of ${name}: its message lacks ${unsaid.join(', ')}`] : []),
          ];
        }),
        ...(count === slack.messages.length ? [] : [`${slack.messages.length - count} messages about nothing`]),
      ];
    },
    async isAtRest() {
      const jobs = (await (await fetch(`${app.origin}/jobs`)).json()) as { waiting: number; running: number };
      return jobs.waiting + jobs.running === 0;
    },
    slowDown: (slowMs) => slack.setFaults({ slowMs }),
    async breakOutside() {
      slack.setFaults({ down: true });
      return async () => slack.setFaults({});
    },
    async close() {
      await app.kill();
      await simulator.close();
      await slack.close();
    },
  };
}

const people = [
  'Ada Lovelace',
  'Zoë Müller',
  'Grace Hopper',
  'Nguyễn An',
  'Katherine Johnson',
  'José García',
  'Mary Jackson',
  '<!channel> Mallory',
];
