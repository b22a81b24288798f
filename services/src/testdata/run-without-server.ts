import { startVitest } from 'vitest/node';

// Runs `without-server.ts` and no other tests, and writes what became of them.

const vitest = await startVitest('test', [], {
  config: false,
  root: import.meta.dirname,
  include: ['without-server.ts'],
  reporters: [{}],
  watch: false,
});
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
console.log(JSON.stringify(tests.map((one) => ({ name: one.fullName, state: one.result().state }))));
await vitest.close();
