import { DBOS } from '@dbos-inc/dbos-sdk';
import { twentyWebhooks } from '@twenty-webhooks/next';
import { readEnv } from '../../../lib/env.ts';
import { newCompanyOnboarding } from '../../../workflows/new-company-onboarding.ts';
import { wonDeal } from '../../../workflows/won-deal.ts';

// No inbox: a workflow that has started is in the database, and Twenty gets its 200 only after that.
export const POST = twentyWebhooks({
  on: {
    'company.created': async ({ id, data }) => {
      // The event's id: a duplicate is the same run, also after a restart. New companies often have no name yet.
      const start = DBOS.startWorkflow(newCompanyOnboarding, { workflowID: id });
      await start({ id: data.id, name: data.attributes?.name || 'the new company' });
    },
    'opportunity.*': async ({ action, data: { id, attributes: deal, updatedFields } }) => {
      if (action !== 'created' && !updatedFields.includes('stage')) return;
      if (!readEnv().wonStages.includes(deal?.stage ?? '')) return;
      // One run per deal, even if it is won again later.
      await DBOS.startWorkflow(wonDeal, { workflowID: `won-deal-${id}` })({ id, name: deal?.name || 'the deal' });
    },
  },
});
