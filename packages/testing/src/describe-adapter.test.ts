import { describe, it } from 'vitest';
import { describeAdapter } from './adapter-suite/describe-adapter.ts';
import { fetchFixture } from './testdata/fetch-fixture.ts';
import { nodeFixture } from './testdata/node-fixture.ts';

describeAdapter('toNodeHandler', nodeFixture, { describe, it });
describeAdapter('receiver.fetch', fetchFixture, { describe, it });
