import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.ts';

// What only computes, or closes what it opens, leaves nothing behind: one process runs many of these files.
const units = [
  'packages/{core,cli}/src/**/*.test.ts',
  'packages/testing/src/{twenty-simulator/**/*,sign-delivery,sample-event}.test.ts',
];

// TypeScript and esbuild are written in Go: with garbage collected later, a type check takes a quarter less work, for some memory.
process.env.GOGC ??= '400';

// Whoever works on this may have it set for an app of theirs; then a receiver without a secret would have one.
// biome-ignore lint/suspicious/noUndeclaredEnvVars: turbo builds, it does not run tests
delete process.env.TWENTY_WEBHOOK_SECRET;

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'units', include: units, isolate: false } },
      {
        extends: true,
        test: {
          name: 'node',
          include: ['{packages,apps}/*/{src,test}/**/*.test.ts', '{tests,bench,fuzz,scripts,services}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...units],
          // Types are part of the public contract: `*.test-d.ts` are tests. Checked as part of the one program of tsconfig.json.
          typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
        },
      },
      {
        // Core once more, as it runs where there is no `node:crypto`.
        extends: true,
        resolve: { alias: { '#crypto': fileURLToPath(import.meta.resolve('./packages/core/src/crypto/web.ts')) } },
        test: {
          name: 'web-crypto',
          include: ['packages/core/src/**/*.test.ts'],
          exclude: ['**/public-declarations.test.ts'],
          env: { CORE_CRYPTO: 'web' },
          isolate: false,
        },
      },
    ],
    reporters: ['default', 'json'],
    outputFile: { json: '.reports/vitest.json' },
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // On two cores: most tests wait for processes, servers and clocks most of the time.
    maxWorkers: 4,
    // Hundreds of processes start from the same modules; what V8 made of them is half of the work.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url)) },
    // They say only that something hangs: what a test claims about time it measures itself.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A busy machine may take its time; what comes in time is not waited for any longer.
    expect: { poll: { timeout: 10_000 } },
    // `pnpm coverage`: core, whose tests run on both of its crypto builds.
    coverage: {
      include: ['packages/core/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/testdata/**'],
      reporter: ['text', 'json-summary'],
      reportsDirectory: '.reports/coverage',
      thresholds: { branches: 95 },
    },
  },
  // Tests run on sources, not on `dist`. Vite's own defaults follow, since a list replaces them.
  ssr: { resolve: { conditions: ['@twenty-webhooks/source', 'module', 'node', 'development|production'] } },
});
