import { describeAdapter } from '@twenty-webhooks/testing';
import fastify from 'fastify';
import { describe, it, vi } from 'vitest';
import { createFastifyFixture } from '../test/fastify-fixture.ts';
import { twentyWebhooks } from './index.ts';

// A busy machine takes its time for 60 MiB.
vi.setConfig({ testTimeout: 60_000 });

describeAdapter('Fastify 5', createFastifyFixture(fastify, twentyWebhooks), { describe, it });
