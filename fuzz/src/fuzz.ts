import { checkProperty, type Finding } from './check-property.ts';
import type { FuzzOptions } from './fuzz-options.ts';
import type { Property } from './property.ts';

interface Tally {
  cases: number;
  cpuMs: number;
}

/**
 * Share the cases among the properties by their weights, in rounds, so that each has had its share whenever it ends. A property
 * with a finding has no further turn; the others go on.
 */
export async function fuzz(
  properties: readonly Property[],
  { cases, seconds = Number.POSITIVE_INFINITY, seed }: Pick<FuzzOptions, 'cases' | 'seconds' | 'seed'>,
): Promise<readonly Finding[]> {
  const startedAtMs = performance.now();
  const elapsedSeconds = (): number => (performance.now() - startedAtMs) / 1_000;
  const weights = properties.reduce((sum, { weight }) => sum + weight, 0);
  const tallies = new Map<Property, Tally>(properties.map((property) => [property, { cases: 0, cpuMs: 0 }]));
  const findings: Finding[] = [];
  // A round does not end before its time: where time counts, it has to be short, whatever its cases take.
  const isTimed = seconds !== Number.POSITIVE_INFINITY;
  let size = isTimed ? 1 : casesPerRound;
  let planned = 0;
  let toldAtSeconds = 0;
  for (let round = 0; planned < cases && elapsedSeconds() < seconds && findings.length < properties.length; round++) {
    const roundAtSeconds = elapsedSeconds();
    planned = Math.min(cases, planned + size);
    for (const [property, tally] of tallies) {
      if (findings.some((finding) => finding.property === property.name)) continue;
      const due = Math.round((planned * property.weight) / weights) - tally.cases;
      if (due <= 0) continue;
      const cpu = process.cpuUsage();
      // Another seed each time, or every round would be the same.
      const finding = await checkProperty(property, { cases: due, seed: (seed + round) | 0 });
      const { user, system } = process.cpuUsage(cpu);
      tally.cpuMs += (user + system) / 1_000;
      tally.cases += due;
      if (finding !== undefined) findings.push(finding);
    }
    if (isTimed) {
      const isShort = elapsedSeconds() - roundAtSeconds < shortRoundSeconds;
      size = isShort ? Math.min(casesPerRound, size * 2) : Math.ceil(size / 2);
      if (elapsedSeconds() - toldAtSeconds < tellSeconds) continue;
      toldAtSeconds = elapsedSeconds();
    }
    const total = sum(tallies.values(), ({ cases: done }) => done);
    console.log(
      `${count(total)} cases in ${count(elapsedSeconds())} s, ${count(total / elapsedSeconds())} per second, ${findings.length} findings`,
    );
  }
  for (const [{ name }, tally] of tallies) {
    const each = tally.cases === 0 ? '–' : ((tally.cpuMs * 1_000) / tally.cases).toFixed(0);
    console.log(`${name.padEnd(16)}${count(tally.cases).padStart(11)} cases${each.padStart(8)} µs of CPU each`);
  }
  return findings;
}

const sum = (tallies: Iterable<Tally>, of: (tally: Tally) => number): number =>
  [...tallies].reduce((total, tally) => total + of(tally), 0);

const count = (number: number): string => Math.round(number).toLocaleString('en-US');

const casesPerRound = 100_000;
const shortRoundSeconds = 0.25;
const tellSeconds = 5;
