import { DBOS } from '@dbos-inc/dbos-sdk';
import { workflow } from '../lib/dbos.ts';
import { readEnv } from '../lib/env.ts';
import { addTask, step } from '../lib/steps.ts';
import { exists } from '../lib/twenty.ts';

export const newCompanyOnboarding = workflow('new-company-onboarding', async ({ id, name }) => {
  const target = { objects: 'companies', idField: 'targetCompanyId', id };
  if (!(await addTask('onboarding', `Onboard ${name}`, target))) return 'The company is gone';
  await DBOS.sleep(readEnv().followUpAfterMs);
  const isSettled = await step('look for a contact', async () => {
    return (await exists('people', `companyId[eq]:${id}`)) || !(await exists('companies', `id[eq]:${id}`));
  });
  if (isSettled) return 'The company has a contact, or is gone';
  await addTask('follow-up', `Find a contact at ${name}`, target);
  return 'Asked for a contact';
});
