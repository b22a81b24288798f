import { describeWith, findPostgres } from '@twenty-webhooks/services';
import { beforeAll } from 'vitest';
import { buildWorkflowTrigger } from '../src/build-workflow-trigger.ts';
import { describeSample } from '../src/describe-sample.ts';
import { startWorkflowTrigger } from '../src/workflow-trigger.ts';

beforeAll(buildWorkflowTrigger, 300_000);

describeWith(await findPostgres(), 'with Postgres', ({ url }) => {
  describeSample('workflow-trigger', () => startWorkflowTrigger(url));
});
