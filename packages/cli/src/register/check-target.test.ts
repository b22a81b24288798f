import { describe, expect, it } from 'vitest';
import { isPrivateHost, targetWarnings } from './check-target.ts';

const hostOf = (host: string): string => new URL(`http://${host}/`).hostname;

describe('isPrivateHost', () => {
  it.each([
    'localhost',
    'app.localhost',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '0xa.1',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[ff02::1]',
    '[64:ff9b::a00:1]',
    'receiver',
    'app.local',
    'app.default.svc.cluster.local',
    'app.internal',
    'app.local.',
  ])('%s', (host) => {
    expect(isPrivateHost(hostOf(host))).toBe(true);
  });

  it.each([
    'app.example.com',
    '8.8.8.8',
    '172.32.0.1',
    '11.0.0.1',
    '100.128.0.1',
    '[2606:4700::1111]',
    'local.example.com',
  ])('not %s', (host) => {
    expect(isPrivateHost(hostOf(host))).toBe(false);
  });
});

it('targetWarnings: one for each that is wrong', () => {
  const warnings = (url: string): readonly string[] => targetWarnings(new URL(url));
  expect(warnings('https://app.example.com/x')).toEqual([]);
  expect(warnings('http://localhost:3000/x')).toEqual([expect.stringContaining("machine of Twenty's server")]);
  expect(warnings('https://10.0.0.1/x')).toEqual([expect.stringContaining('OUTBOUND_HTTP_ALLOWED_INTERNAL_HOSTS')]);
  expect(warnings('http://a:b@app.example.com/x')).toEqual([
    expect.stringContaining('without encryption'),
    expect.stringContaining('a user or a password'),
  ]);
});
