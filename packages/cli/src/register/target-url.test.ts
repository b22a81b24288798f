import { describe, expect, it } from 'vitest';
import { normaliseUrl, shownTarget, toTargetUrl } from './target-url.ts';

describe('normaliseUrl', () => {
  const url = 'https://app.example.com/webhooks/twenty';
  it.each([
    'HTTPS://APP.Example.COM/webhooks/twenty',
    'https://app.example.com:443/webhooks/twenty',
    'https://app.example.com/webhooks/twenty/',
    'https://app.example.com/webhooks/twenty#top',
    'https://app.example.com/webhooks/./other/../twenty',
  ])('%s is the same', (other) => {
    expect(normaliseUrl(other)).toBe(normaliseUrl(url));
  });

  it.each([
    'http://app.example.com/webhooks/twenty',
    'https://app.example.com:8443/webhooks/twenty',
    'https://app.example.com/Webhooks/twenty',
    'https://app.example.com/webhooks/twenty?tenant=1',
    'https://app.example.com/webhooks',
    'https://ada@app.example.com/webhooks/twenty',
  ])('%s is another one', (other) => {
    expect(normaliseUrl(other)).not.toBe(normaliseUrl(url));
  });

  it('keeps the query, and what is no URL', () => {
    expect(normaliseUrl('https://a.b/c/?x=/&y=%2f')).toBe('https://a.b/c?x=/&y=%2f');
    expect(normaliseUrl('https://a.b/%c3%a4')).toBe(normaliseUrl('https://a.b/ä'));
    expect(normaliseUrl('not a URL')).toBe('not a URL');
  });
});

it('passwords are not shown, neither of what is a URL nor of what is none', () => {
  expect(shownTarget('https://ada:canary@a.b/c')).toBe('https://ada:••••••••@a.b/c');
  expect(shownTarget('ada:canary@a.b')).not.toContain('canary');
  expect(() => toTargetUrl('htps://ada:canary@a.b')).toThrow(/^(?!.*canary)".*@a\.b" is no URL/);
  expect(() => toTargetUrl('localhost:3000')).toThrow('is no URL');
});
