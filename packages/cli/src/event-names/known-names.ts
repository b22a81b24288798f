/** What Twenty's servers do to records, as their events say it. */
export const recordActions: readonly string[] = ['created', 'updated', 'deleted', 'restored', 'destroyed'];

export const metadataActions: readonly string[] = ['created', 'updated', 'deleted'];

/** Events name objects in the singular; the paths of Twenty's API have the plural. */
export const singularOf: ReadonlyMap<string, string> = new Map([
  ['people', 'person'],
  ['persons', 'person'],
  ['companies', 'company'],
  ['opportunities', 'opportunity'],
  ['notes', 'note'],
  ['tasks', 'task'],
]);
