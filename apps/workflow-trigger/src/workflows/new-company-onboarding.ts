import { DBOS } from '@dbos-inc/dbos-sdk';
import { workflow } from '../lib/dbos.ts';
import { readEnv } from '../lib/env.ts';
import { addTask, step } from '../lib/steps.ts';
import { exists } from '../lib/twenty.ts';

export const newCompanyOnboarding = workflow('new-company-onboarding', async ({ id, name }) => {
  if (!(await addTask('onboarding', `Onboard ${name}`, 'companies', id))) return 'The company is gone';
  await DBOS.sleep(readEnv().followUpAfterMs);
  const isSettled = async () =>
    (await exists('people', `companyId[eq]:${id}`)) || !(await exists('companies', `id[eq]:${id}`));
  if (await step('look for a contact', isSettled)) return 'The company has a contact, or is gone';
  await addTask('follow-up', `Find a contact at ${name}`, 'companies', id);
  return 'Asked for a contact';
});
