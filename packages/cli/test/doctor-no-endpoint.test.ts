import { startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { examine } from './broken-endpoints/examine.ts';
import { endpointWith, secret } from './broken-endpoints/right-endpoint.ts';

describe('what is no endpoint at all', () => {
  it('asks for a password, unless that is in the URL; it is not shown', async () => {
    const endpoint = endpointWith();
    const expected = `Basic ${Buffer.from('twenty:p/ss').toString('base64')}`;
    const server = await startTestServer((request, response) => {
      if (request.headers.authorization === expected) endpoint(request, response);
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="staging"' }).end();
    });
    onTestFinished(() => server.close());
    const url = `${server.origin}/webhooks/twenty`;
    const { json, lines } = await examine(url);
    expect(json).toMatchObject({ faults: ['rejects-genuine'], warnings: [] });
    expect(lines.join(' ')).toContain('asks for a');
    const passed = await examine(url.replace('//', '//twenty:p%2Fss@'));
    expect(passed.json).toMatchObject({ url, healthy: true });
    expect(JSON.stringify(passed)).not.toMatch(/p(%2F|\/)ss/);
  });

  it('has nothing at this path', async () => {
    const { json, probe } = await examine((_request, response) => void response.writeHead(404).end());
    expect(json).toMatchObject({ faults: ['rejects-genuine'], warnings: [] });
    expect(probe('server-format')?.fix).toContain('Check path and port');
  });

  it('is a web app that shows its page whatever is asked', async () => {
    const { json } = await examine((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>App</title>');
    });
    expect(json).toMatchObject({ faults: ['no-webhook-endpoint'], warnings: [] });
  });

  it('is nobody', async () => {
    const server = await startTestServer(() => {});
    await server.close();
    const { json, exitCode } = await examine(server.origin);
    expect(json).toMatchObject({ faults: ['unreachable'], healthy: false, probes: [{ failure: 'ECONNREFUSED' }] });
    expect(exitCode).toBe(3);
  });

  it('cuts every connection', async () => {
    const { json, exitCode } = await examine((request) => void request.socket.destroy());
    expect(json).toMatchObject({ faults: ['unreachable'], warnings: [] });
    expect(exitCode).toBe(3);
  });

  it('speaks no TLS', async () => {
    const server = await startTestServer(() => {});
    onTestFinished(() => server.close());
    const { json, exitCode, probe } = await examine(server.origin.replace('http:', 'https:'));
    expect(json).toMatchObject({ faults: ['unreachable'] });
    expect(probe('server-format')?.fix).toContain('http:// instead of https://');
    expect(exitCode).toBe(3);
  });

  it('says secrets again: they are not shown', async () => {
    const server = await startTestServer(({ headers }, response) => {
      response.writeHead(500).end(`${headers.authorization} ${secret} ${headers['x-twenty-webhook-signature']}`);
    });
    onTestFinished(() => server.close());
    const { json, lines } = await examine(server.origin.replace('//', '//twenty:hunter22@'));
    expect(lines.join(' ')).toContain('It said: Basic •••••••• •••••••• ••••••••');
    expect(JSON.stringify([json, lines])).not.toMatch(/hunter22|aHVudGVyMjI|only for the/);
  });

  it('shows what it says without its control characters', async () => {
    const { lines } = await examine((_request, response) => void response.writeHead(400).end('\x1b]0;owned\x07no'));
    expect(lines.join(' ')).toContain('\\x1b]0;owned\\x07no');
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });
});
