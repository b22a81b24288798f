import type { InboxInspection, JobInfo } from '@twenty-webhooks/core';
import { describe, expect, it } from 'vitest';
import { findJobs, shortLength } from './find-jobs.ts';

it('shortLength: as long as it takes, 8 at least', () => {
  expect(shortLength([])).toBe(8);
  expect(shortLength(['a'.repeat(64), 'b'.repeat(64)])).toBe(8);
  expect(shortLength([`${'a'.repeat(20)}1`, `${'a'.repeat(20)}2`, 'b'.repeat(21)])).toBe(21);
  expect(shortLength(['same', 'same'])).toBe(8);
});

describe('findJobs', () => {
  // More than a page of them, none with an equal beginning.
  const jobs = Array.from({ length: 2_500 }, (_, index) => ({
    key: index.toString(16).padStart(6, '0').repeat(2),
    state: index % 2 ? 'dead' : 'done',
    handler: '*',
  })) as unknown as readonly JobInfo[];
  let listed = 0;
  const inspection = {
    get: async (key: string) => jobs.find((job) => job.key === key),
    async list({ limit = 100, before, state }: { limit?: number; before?: string; state?: string }) {
      listed++;
      const fitting = jobs.filter((job) => state === undefined || job.state === state);
      const first = before === undefined ? 0 : fitting.findIndex(({ key }) => key === before) + 1;
      return fitting.slice(first, first + limit);
    },
  } as unknown as InboxInspection;

  it('looks at all pages, and at other states if no dead job begins so', async () => {
    expect(await findJobs(inspection, ['0009c3'])).toEqual([jobs[0x9c3]]);
    expect(await findJobs(inspection, ['0009c2'])).toEqual([jobs[0x9c2]]);
    expect(await findJobs(inspection, [jobs[3]?.key ?? ''])).toEqual([jobs[3]]);
  });

  it('looks for all of them in one pass over the dead, and one over the rest', async () => {
    listed = 0;
    const starts = ['0009c3', '000001', '0009c2', jobs[3]?.key ?? '', '000005', '0009c3'];
    const found = [0x9c3, 1, 0x9c2, 3, 5, 0x9c3].map((index) => jobs[index]);
    expect(await findJobs(inspection, starts)).toEqual(found);
    expect(listed).toBe(2 + 3);
    listed = 0;
    await findJobs(inspection, [jobs[3]?.key ?? '']);
    expect(listed).toBe(0);
  });

  it('says which one is unknown', async () => {
    const finding = findJobs(inspection, ['000001', 'ffffff']);
    await expect(finding).rejects.toMatchObject({ code: 'JOB_UNKNOWN', message: expect.stringContaining('ffffff') });
  });

  it('names the candidates where several begin so', async () => {
    const { code, exitCode, message } = await findJobs(inspection, ['00001']).catch((error) => error);
    expect([code, exitCode]).toEqual(['JOB_AMBIGUOUS', 1]);
    expect(message.split('\n')).toHaveLength(1 + 8);
    expect(message).toContain('000011000011  dead');
    listed = 0;
    await expect(findJobs(inspection, ['0000'])).rejects.toThrow('Several jobs');
    expect(listed).toBe(1);
  });
});
