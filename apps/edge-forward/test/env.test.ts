import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readEnv, type Variables } from '../src/env.ts';

const good = { TWENTY_WEBHOOK_SECRET: 'not to be shown', ORIGIN_URL: 'https://crm.example.com/webhooks/twenty?a=b' };

it('takes what .env.example has', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const names = [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(names).toEqual(['TWENTY_WEBHOOK_SECRET', 'ORIGIN_URL', 'ORIGIN_TIMEOUT_MS']);
  expect(readEnv(good)).toEqual({
    secret: good.TWENTY_WEBHOOK_SECRET,
    originUrl: good.ORIGIN_URL,
    originTimeoutMs: 3_500,
  });
});

it('names all that is missing at once', () => {
  expect(() => readEnv({})).toThrow(/TWENTY_WEBHOOK_SECRET is missing.*\s+ORIGIN_URL is missing/);
  expect(() => readEnv({ TWENTY_WEBHOOK_SECRET: ' ', ORIGIN_URL: '' })).toThrow(
    /SECRET is wrong.*\s+ORIGIN_URL is missing/,
  );
});

it.each<[keyof Variables, string]>([
  ['ORIGIN_URL', 'hidden.example.com'],
  ['ORIGIN_URL', 'ftp://hidden.example.com/'],
  ['ORIGIN_URL', 'https://user:hidden@crm.example.com/'],
  ['ORIGIN_URL', 'https://hidden@crm.example.com/'],
  ['ORIGIN_URL', 'https://:hidden@crm.example.com/'],
  ['ORIGIN_URL', 'https://user:hidden/wd@crm.example.com/'],
  ['ORIGIN_URL', 'http://127.0.0.1:99999/?token=hidden'],
  ['ORIGIN_URL', 'http://[::hidden]/'],
  ['ORIGIN_URL', 'https:'],
  ['ORIGIN_TIMEOUT_MS', '0'],
  ['ORIGIN_TIMEOUT_MS', '0400'],
  ['ORIGIN_TIMEOUT_MS', '400 '],
  ['ORIGIN_TIMEOUT_MS', '4001'],
  ['ORIGIN_TIMEOUT_MS', '5000'],
  ['ORIGIN_TIMEOUT_MS', '1e3'],
])('refuses %s=%s without showing it', (name, value) => {
  const read = () => readEnv({ ...good, [name]: value });
  expect(read).toThrow(`${name} is wrong`);
  expect(read).not.toThrow('hidden');
});

it.each(['1', '999', '3999', '4000'])('takes a limit of %s ms', (ORIGIN_TIMEOUT_MS) => {
  expect(readEnv({ ...good, ORIGIN_TIMEOUT_MS }).originTimeoutMs).toBe(Number(ORIGIN_TIMEOUT_MS));
});
