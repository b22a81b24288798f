import type { SimulatedRecord } from './record-changes.ts';
import type { SimulatedWorkspace } from './simulated-workspace.ts';

/**
 * Do what a user might do next: a new person, company or opportunity, another name, an opportunity that is won, a record
 * deleted or restored. Returns the record that changed.
 *
 * @param random decides what; the same numbers make the same changes. @default Math.random
 */
export function randomChange(workspace: SimulatedWorkspace, random: () => number = Math.random): SimulatedRecord {
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const alive = (object: string) => workspace.list(object).filter(({ deletedAt }) => deletedAt === null);
  const word = (words: readonly string[]): string => pick(words) ?? '';
  const companyId = () => pick(alive('company'))?.id ?? null;

  const createPerson = () => {
    const [firstName, lastName] = [word(firstNames), word(lastNames)];
    const primaryEmail = `${firstName}.${lastName}.${Math.floor(random() * 1e6)}@example.com`.toLowerCase();
    const emails = { primaryEmail };
    return workspace.create('person', { name: { firstName, lastName }, emails, companyId: companyId() });
  };
  const createCompany = () => workspace.create('company', { name: `${word(lastNames)} ${word(trades)}` });
  const createOpportunity = () => {
    const amount = { amountMicros: Math.ceil(random() * 500) * 100_000_000, currencyCode: 'EUR' };
    return workspace.create('opportunity', {
      name: `${word(trades)} for ${word(lastNames)}`,
      amount,
      companyId: companyId(),
    });
  };
  // Each may find nothing to change.
  const changes: readonly (() => SimulatedRecord | undefined)[] = [
    createPerson,
    createPerson,
    createCompany,
    createOpportunity,
    () => {
      const open = pick(alive('opportunity').filter(({ stage }) => stage !== 'CUSTOMER'));
      return (
        open && workspace.update('opportunity', open.id, { stage: open.stage === 'NEW' ? 'PROPOSAL' : 'CUSTOMER' })
      );
    },
    () => {
      const person = pick(alive('person'));
      if (person === undefined) return undefined;
      const name = { lastName: `${word(lastNames)}-${word(lastNames)}` };
      const renamed = workspace.update('person', person.id, { name });
      // By chance it may be the name that there was.
      return renamed === person ? undefined : renamed;
    },
    () => {
      const person = pick(alive('person'));
      return person && workspace.delete('person', person.id);
    },
    () => {
      const person = pick(workspace.list('person').filter(({ deletedAt }) => deletedAt !== null));
      return person && workspace.restore('person', person.id);
    },
  ];
  return pick(changes)?.() ?? createPerson();
}

const firstNames = ['Zoë', 'Ada', 'Björn', 'Chloé', 'Émile', 'Grace', 'Hedy', 'İpek', 'Linus', 'Mei'];
const lastNames = ['Müller', 'Lovelace', 'O’Neill', 'García', 'Nguyễn', 'Hopper', 'Søndergaard', 'Łukasik'];
const trades = ['Bakery', 'Engines', 'Crêperie', 'Rockets & Söhne', 'Consulting', 'Optics'];
