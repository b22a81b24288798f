import type { InboxInspection, JobInfo } from '@twenty-webhooks/core';
import { describe, expect, it } from 'vitest';
import { findJob, shortLength } from './find-job.ts';

it('shortLength: as long as it takes, 8 at least', () => {
  expect(shortLength([])).toBe(8);
  expect(shortLength(['a'.repeat(64), 'b'.repeat(64)])).toBe(8);
  expect(shortLength([`${'a'.repeat(20)}1`, `${'a'.repeat(20)}2`, 'b'.repeat(21)])).toBe(21);
  expect(shortLength(['same', 'same'])).toBe(8);
});

describe('findJob', () => {
  // More than a page of them, none with an equal beginning.
  const jobs = Array.from({ length: 2_500 }, (_, index) => ({
    key: index.toString(16).padStart(6, '0').repeat(2),
    state: index % 2 ? 'dead' : 'done',
    handler: '*',
  })) as unknown as readonly JobInfo[];
  const inspection = {
    get: async (key: string) => jobs.find((job) => job.key === key),
    async list({ limit = 100, before, state }: { limit?: number; before?: string; state?: string }) {
      const fitting = jobs.filter((job) => state === undefined || job.state === state);
      const first = before === undefined ? 0 : fitting.findIndex(({ key }) => key === before) + 1;
      return fitting.slice(first, first + limit);
    },
  } as unknown as InboxInspection;

  it('looks at all pages, and at other states if no dead job begins so', async () => {
    expect(await findJob(inspection, '0009c3')).toBe(jobs[0x9c3]);
    expect(await findJob(inspection, '0009c2')).toBe(jobs[0x9c2]);
    expect(await findJob(inspection, jobs[3]?.key ?? '')).toBe(jobs[3]);
  });

  it('names the candidates where several begin so', async () => {
    const { code, exitCode, message } = await findJob(inspection, '00001').catch((error) => error);
    expect([code, exitCode]).toEqual(['JOB_AMBIGUOUS', 1]);
    expect(message.split('\n')).toHaveLength(1 + 8);
    expect(message).toContain('000011000011  dead');
  });
});
