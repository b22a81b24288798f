import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['{packages,apps}/*/{src,test}/**/*.test.ts', '{tests,bench,scripts,services}/**/*.test.ts'],
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
        },
      },
    ],
    reporters: ['default', 'json'],
    outputFile: { json: '.reports/vitest.json' },
    pool: 'forks',
    // On two cores: most tests wait for processes, servers and clocks most of the time.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // A busy machine may take its time; what comes in time is not waited for any longer.
    expect: { poll: { timeout: 10_000 } },
  },
  // Tests run on sources, not on `dist`. Vite's own defaults follow, since a list replaces them.
  ssr: { resolve: { conditions: ['@twenty-webhooks/source', 'module', 'node', 'development|production'] } },
});
