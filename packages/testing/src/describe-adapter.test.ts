import { describe, it, vi } from 'vitest';
import { describeAdapter } from './adapter-suite/describe-adapter.ts';
import { fetchFixture } from './testdata/fetch-fixture.ts';
import { nodeFixture } from './testdata/node-fixture.ts';

// A busy machine takes its time for 60 MiB.
vi.setConfig({ testTimeout: 60_000 });

describeAdapter('toNodeHandler', nodeFixture, { describe, it });
describeAdapter('receiver.fetch', fetchFixture, { describe, it });
