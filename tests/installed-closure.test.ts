import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installedClosure } from './installed-closure.ts';
import { root } from './pack.ts';

// `npm install @twenty-webhooks/redis` brings no driver of Postgres, and the other way round.

const ofPostgres = /^(@types\/)?pg([-.].*)?$|^pgpass$|postgres|pglite/;
const ofRedis = /redis|valkey|^bullmq|^denque$|^cluster-key-slot$/;

const closureOf = (folder: string): readonly string[] => [...installedClosure(join(root, folder)).keys()].sort();
const matching = (names: readonly string[], pattern: RegExp): readonly string[] =>
  names.filter((name) => pattern.test(name));

test('postgres brings pg and pg-boss with all they need, and nothing of Redis', () => {
  const names = closureOf('packages/postgres');
  // The last ones are dependencies of dependencies, and a peer that npm installs.
  const expected = ['@twenty-webhooks/core', 'pg', 'pg-boss', 'pg-pool', 'postgres-array', '@opentelemetry/api'];
  expect(names).toEqual(expect.arrayContaining(expected));
  expect(matching(names, ofRedis)).toEqual([]);
});

test('redis brings bullmq and ioredis with all they need, and nothing of Postgres', () => {
  const names = closureOf('packages/redis');
  const expected = ['@twenty-webhooks/core', 'bullmq', 'ioredis', 'msgpackr', '@ioredis/commands', 'redis-errors'];
  expect(names).toEqual(expect.arrayContaining(expected));
  expect(matching(names, ofPostgres)).toEqual([]);
});

test.each(['cli', 'core', 'express', 'fastify', 'hono', 'next', 'sqlite', 'testing'])('%s brings neither', (name) => {
  const names = closureOf(`packages/${name}`);
  expect([...matching(names, ofPostgres), ...matching(names, ofRedis)]).toEqual([]);
});

describe('the check is red for', () => {
  test('a package that brings both', () => {
    const names = closureOf('services');
    expect(matching(names, ofPostgres)).toEqual(
      expect.arrayContaining(['pg', 'pg-protocol', 'pgpass', 'postgres-date']),
    );
    expect(matching(names, ofRedis)).toEqual(expect.arrayContaining(['ioredis', '@ioredis/commands', 'redis-errors']));
  });

  test('a package whose dependency is not installed', () => {
    expect(() => installedClosure(join(import.meta.dirname, 'testdata/not-installed'))).toThrow('no-such-package');
  });
});
