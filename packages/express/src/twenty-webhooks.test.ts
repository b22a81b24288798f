import { describeAdapter } from '@twenty-webhooks/testing';
import express5 from 'express';
import express4 from 'express4';
import { describe, it, vi } from 'vitest';
import { createExpressFixture } from '../test/express-fixture.ts';
import { twentyWebhooks } from './index.ts';

// A busy machine takes its time for 60 MiB.
vi.setConfig({ testTimeout: 60_000 });

const createFixture = (express: typeof express5) => createExpressFixture(express, twentyWebhooks);

describeAdapter('Express 5', createFixture(express5), { describe, it });
describeAdapter('Express 4', createFixture(express4 as unknown as typeof express5), { describe, it });
