import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEnv } from '../src/env.ts';

const right = { TWENTY_WEBHOOK_SECRET: 'secret', SLACK_TOKEN: 'xoxb-1', SLACK_CHANNEL: 'C0123456789' };

describe('readEnv', () => {
  it('needs three values, and has a default for each other', () => {
    expect(readEnv(right)).toEqual({
      secret: 'secret',
      slackToken: 'xoxb-1',
      slackChannel: 'C0123456789',
      slackApiUrl: 'https://slack.com/api/',
      twentyUrl: 'https://app.twenty.com',
      wonStages: new Set(['CUSTOMER', 'WON']),
      inboxFile: 'inbox.sqlite',
      port: 3000,
    });
  });

  it('takes an empty value, as .env.example has them, for none', () => {
    const names = ['TWENTY_URL', 'WON_STAGES', 'INBOX_FILE', 'PORT', 'SLACK_API_URL'];
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(readEnv({ ...right, ...empty })).toEqual(readEnv(right));
  });

  it('names all that is missing at once', () => {
    for (const name of Object.keys(right)) expect(() => readEnv({})).toThrow(`${name} is missing`);
  });

  it.each([
    ['SLACK_TOKEN', 'https://hooks.slack.com/services/T0/B0/x'],
    ['SLACK_CHANNEL', '#sales'],
    ['SLACK_API_URL', 'slack.com/api'],
    ['TWENTY_URL', 'crm.example'],
    ['TWENTY_URL', 'https://crm.example/|Click>'],
    ['PORT', 'three'],
    ['PORT', '70000'],
    ['TWENTY_WEBHOOK_SECRET', '\t'],
    ['WON_STAGES', ' , '],
  ])('says that %s is wrong, and not what it is: %s', (name, value) => {
    const read = () => readEnv({ ...right, [name]: value });
    expect(read).toThrow(`${name} is wrong`);
    expect(read).not.toThrow(value);
  });

  it('reads stages as a list, and an address of Twenty without the slash', () => {
    const env = readEnv({ ...right, WON_STAGES: ' GEWONNEN, WON,, ', TWENTY_URL: 'http://localhost:3001/' });
    expect(env.wonStages).toEqual(new Set(['GEWONNEN', 'WON']));
    expect(env.twentyUrl).toBe('http://localhost:3001');
  });

  it('has no name that .env.example lacks, and none that only stands there', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const code = readFileSync(new URL('../src/env.ts', import.meta.url), 'utf8');
    const names = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, name]) => name));
    expect(names(example, /^([A-Z_]+)=/gm)).toEqual(names(code, /(?:read\('|env\.)([A-Z_]+)/g));
  });
});
