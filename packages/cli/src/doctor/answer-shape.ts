import { type ProbeResult, textOf } from './probe.ts';

/** What is left of an answer without ids, times and numbers: two answers that mean the same are equal. */
export function answerShape(probed: ProbeResult): string {
  const { result } = probed;
  if (result?.kind !== 'answer') return 'none';
  const text = textOf(probed)
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '#')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '#')
    .replace(/[0-9a-f]{12,}/gi, '#')
    .replace(/\d+/g, '#');
  return `${result.status} ${text}`;
}
