// Makes packages/cli/images/*.png anew:
//   npx -y pnpm@10.34.8 build && node --conditions @twenty-webhooks/source packages/cli/test/make-screenshots.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findProgram, makeTemporaryFolder } from '@twenty-webhooks/services';
import {
  type JsonObject,
  type SignedDelivery,
  sampleEvent,
  signDelivery,
  startTestServer,
} from '@twenty-webhooks/testing';
import { startListen } from '../src/listen/start-listen.ts';
import { launchChromium } from './launch-chromium.ts';

const images = fileURLToPath(new URL('../images/', import.meta.url));
const secret = 'only for pictures';
const executablePath = findProgram('chromium');
if (executablePath === undefined) throw new Error('Install chromium first');

const folder = await makeTemporaryFolder();
// A crm-sync that is not quick with companies, and has a fault with notes.
const target = await startTestServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  await new Promise((resolve) => setTimeout(resolve, body.includes('"company.') ? 640 : 20));
  const isFault = body.includes('"note.');
  const isForged = body.includes('Mallory');
  response.writeHead(isFault ? 500 : isForged ? 401 : 200, { 'content-type': 'application/json' });
  response.end(
    isFault ? '{"error":"HANDLER_FAILED"}' : isForged ? '{"error":"SIGNATURE_MISMATCH"}' : '{"status":"handled"}',
  );
});
const listen = await startListen({
  port: 0,
  folder: folder.path,
  secrets: [secret],
  forwardUrl: new URL('/webhooks/twenty', target.origin),
});

async function send({ headers, body }: SignedDelivery): Promise<void> {
  const userAgent = { 'user-agent': 'axios/1.13.2' };
  await fetch(listen.receiveUrl, { method: 'POST', headers: { ...headers, ...userAgent }, body });
}
const signed = (name: string, record: JsonObject, more: JsonObject = {}): SignedDelivery =>
  signDelivery(sampleEvent(name, { overrides: { record, ...more } }), { secret });

const ada = {
  id: '6f1d8f0e-6a53-4d0b-9a3f-0d5c2f1b7a10',
  name: { firstName: 'Ada', lastName: 'Lovelace' },
  emails: { primaryEmail: 'ada@analytical.example', additionalEmails: null },
  linkedinLink: undefined,
  avatarUrl: undefined,
  phones: undefined,
  companyId: '0b1f4b0e-3a55-4b43-9d3c-7f5f1a0c2e11',
  createdAt: '2026-03-02T09:14:07.120Z',
  createdBy: undefined,
  updatedBy: undefined,
  searchVector: undefined,
};
const named = (firstName: string, lastName: string): JsonObject => ({ name: { firstName, lastName } });

await send(signed('company.created', { name: 'Analytical Engines Ltd' }));
await send(signed('person.created', named('Charles', 'Babbage')));
await send(signed('person.created', { ...ada, jobTitle: 'Translator', city: 'London' }));
await send(signed('opportunity.created', { name: 'Difference Engine No. 2', stage: 'NEW' }));
await send(signed('note.created', { title: 'Call about the loom' }));
await send(signed('task.created', { title: 'Send the offer to Ada' }));
const forged = signed('person.updated', named('Mallory', 'Forger'));
await send({
  ...forged,
  body: new TextEncoder().encode(
    JSON.stringify(sampleEvent('person.updated', { overrides: { record: named('Mallory', 'Forger') } })),
  ),
});
await send(signed('opportunity.updated', { name: 'Difference Engine No. 2', stage: 'PROPOSAL' }));
const stale = signDelivery(sampleEvent('person.updated', { overrides: { record: named('Charles', 'Babbage') } }), {
  secret,
  timestamp: Date.now() - 20 * 60_000,
});
await send(stale);
await send(signDelivery(sampleEvent('metadata.view.updated'), { secret }));
const repeated = signed('company.updated', { name: 'Analytical Engines Ltd' });
await send(repeated);
await send(repeated);
await send(
  signed(
    'person.updated',
    {
      ...ada,
      jobTitle: 'Countess of Lovelace',
      emails: { primaryEmail: 'ada@lovelace.example', additionalEmails: ['ada@analytical.example'] },
      city: 'Ockham',
    },
    { updatedFields: ['emails', 'jobTitle', 'city'] },
  ),
);
await send(signed('task.updated', { title: 'Send the offer to Ada', status: 'DONE' }));

const browser = await launchChromium(executablePath);
await mkdir(images, { recursive: true });
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  await page.goto(`${listen.origin}/#delivery=${colorScheme === 'light' ? 13 : 7}`);
  await page.getByRole('article').waitFor();
  await page.screenshot({ path: `${images}inspector-${colorScheme}.png` });
}
await browser.close();
await listen.close();
await target.close();
await folder.remove();
