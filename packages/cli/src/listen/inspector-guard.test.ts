import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { refuseStrangers } from './inspector-guard.ts';

function codeFor(headers: Readonly<Record<string, string>>, port = 4000): string | undefined {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return refuseStrangers(request, { port, isPage: false })?.code;
}

test.each([
  'forwarded',
  'via',
  'x-forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-forwarded-scheme',
  'x-forwarded_for',
  'x-original-host',
  'x-original-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-scheme',
  'x-request-id',
  'client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'cdn-loop',
  'fly-client-ip',
  'ngrok-skip-browser-warning',
  'tailscale-user-login',
  'x-envoy-external-address',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-arr-log-id',
  'x-amzn-trace-id',
  'x-amz-cf-id',
  'x-vercel-id',
  'x-tunnel-request-id',
])('%s is written by a proxy or a tunnel', (name) => {
  expect(codeFor({ host: 'localhost:4000', [name]: 'x' })).toBe('CAME_THROUGH_PROXY');
});

test('what a browser of this machine writes is none of them', () => {
  const headers = {
    host: 'localhost:4000',
    connection: 'keep-alive',
    'cache-control': 'max-age=0',
    'upgrade-insecure-requests': '1',
    'user-agent': 'x',
    accept: '*/*',
    'accept-language': 'de',
    'sec-fetch-site': 'same-origin',
    'sec-ch-ua': 'x',
    cookie: 'a=b',
    dnt: '1',
    'x-requested-with': 'x',
  };
  expect(codeFor(headers)).toBeUndefined();
});

test('on port 80 a Host has no port', () => {
  expect([codeFor({ host: 'localhost' }, 80), codeFor({ host: '127.0.0.1:80' }, 80)]).toEqual([undefined, undefined]);
  expect([codeFor({ host: 'localhost' }), codeFor({ host: 'evil.example' }, 80)]).toEqual([
    'HOST_UNKNOWN',
    'HOST_UNKNOWN',
  ]);
});
