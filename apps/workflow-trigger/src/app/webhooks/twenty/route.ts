import { hash } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { twentyWebhooks } from '@twenty-webhooks/next';
import { readEnv } from '../../../lib/env.ts';
import { newCompanyOnboarding } from '../../../workflows/new-company-onboarding.ts';
import { wonDeal } from '../../../workflows/won-deal.ts';

// No inbox: a workflow that has started is in the database, and Twenty gets its 200 only after that.
export const POST = twentyWebhooks({
  on: {
    'company.created': async ({ id: eventId, data: { id, attributes: company } }) => {
      // The event's id: a duplicate is the same run, also after a restart. Of one too long or odd for the database, a hash.
      const workflowID = /^[\w.:-]{1,200}$/.test(eventId) ? eventId : hash('sha256', eventId);
      await DBOS.startWorkflow(newCompanyOnboarding, { workflowID })({ id, name: company?.name || 'the new company' });
    },
    'opportunity.*': async ({ action, data: { id, attributes: deal, updatedFields } }) => {
      if (action !== 'created' && !updatedFields.includes('stage')) return;
      if (!readEnv().wonStages.includes(deal?.stage ?? '')) return;
      // One run per deal, even if it is won again later. The slash keeps it apart from the runs of events.
      await DBOS.startWorkflow(wonDeal, { workflowID: `won-deal/${id}` })({ id, name: deal?.name || 'the deal' });
    },
  },
});
