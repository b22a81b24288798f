import { describeWith, findPostgres } from '@twenty-webhooks/services';
import { startCrmSync } from '../src/crm-sync.ts';
import { describeSample } from '../src/describe-sample.ts';

describeWith(await findPostgres(), 'with Postgres', ({ url }) => {
  describeSample('crm-sync', ({ folder }) => startCrmSync({ folder, postgresUrl: url }));
});
