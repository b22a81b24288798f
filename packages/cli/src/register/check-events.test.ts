import { describe, expect, it } from 'vitest';
import { checkEvents } from './check-events.ts';

describe('checkEvents', () => {
  it('takes all patterns of Twenty without a word', () => {
    const patterns = ['person.created', 'person.*', '*.updated', 'rocketEngine.restored', 'company.destroyed'];
    const ofMetadata = ['metadata.view.updated', 'metadata.view.*', 'metadata.objectMetadata.deleted'];
    expect(checkEvents([...patterns, ...ofMetadata])).toEqual({
      operations: [...patterns, ...ofMetadata],
      warnings: [],
    });
  });

  it('takes commas, and each pattern once', () => {
    const { operations } = checkEvents(['person.created, company.*', 'company.*', 'note.deleted,']);
    expect(operations).toEqual(['person.created', 'company.*', 'note.deleted']);
  });

  it.each([
    ['*', 'Did you mean *.*?'],
    ['person', 'Did you mean person.*?'],
    ['metadata.view', 'three parts'],
    ['metadata.*', 'three parts'],
    ['person.created.now', 'Write person.created'],
    ['per*.created', 'Write'],
    ['person.', 'Write'],
    ['person created', 'Write'],
    ['\x1b[2J.created', '\\x1b'],
    ['', 'No events'],
  ])('%j is refused, with what is right', (pattern, hint) => {
    expect(() => checkEvents([pattern])).toThrow(expect.objectContaining({ code: 'EVENTS_INVALID' }));
    expect(() => checkEvents([pattern])).toThrow(hint);
  });

  it.each([
    ['person.creatd', 'Did you mean person.created?'],
    ['person.create', 'Did you mean person.created?'],
    ['*.update', 'Did you mean *.updated?'],
    ['person.Deleted', 'Did you mean person.deleted?'],
    ['person.destroy', 'Did you mean person.destroyed?'],
    ['person.upserted', 'There are created, updated, deleted, restored, destroyed and *.'],
    ['metadata.view.restored', 'There are created, updated, deleted and *.'],
    ['people.created', 'Did you mean person.created?'],
    ['companies.*', 'Did you mean company.*?'],
    ['Person.created', 'Did you mean person.created?'],
  ])('%s never matches: a warning', (pattern, hint) => {
    const { operations, warnings } = checkEvents([pattern]);
    expect(operations).toEqual([pattern]);
    expect(warnings).toEqual([expect.stringContaining(hint)]);
  });

  it('a file name that the shell has put there is refused; *.* is warned of', () => {
    for (const file of ['package.json', 'README.md', 'pnpm-workspace.yaml']) {
      expect(() => checkEvents([file])).toThrow('has the shell replaced a *?');
    }
    expect(checkEvents(['*.*']).warnings).toEqual([expect.stringContaining('secrets of all webhooks')]);
  });

  it.each(['metadata.webhook.*', 'metadata.webhook.updated', 'metadata.*.*', 'metadata.*.deleted'])(
    '%s brings secrets: a warning',
    (pattern) => {
      expect(checkEvents([pattern]).warnings).toEqual([expect.stringContaining('secrets of all webhooks')]);
    },
  );
});
