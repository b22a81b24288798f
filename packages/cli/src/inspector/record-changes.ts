import microdiff from 'microdiff';

/** One difference between two versions of a record. */
export interface RecordChange {
  /** `name.firstName`, `emails.additionalEmails[0]`. */
  readonly path: string;
  /** As JSON; `undefined` if it was not there. */
  readonly before: string | undefined;
  /** As JSON; `undefined` if it is gone. */
  readonly after: string | undefined;
  /** Whether the event should have named the field and did not: an event in between may be missing. */
  readonly isUnannounced: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Compare two versions of a record. What the event names comes first, what the server keeps up by itself (`updatedAt`)
 * last. `undefined` if they are nested too deep to be compared.
 */
export function recordChanges(
  before: Fields,
  after: Fields,
  updatedFields: readonly string[],
): readonly RecordChange[] | undefined {
  try {
    return compare(before, after, updatedFields);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function compare(before: Fields, after: Fields, updatedFields: readonly string[]): readonly RecordChange[] {
  const named = new Set(updatedFields);
  const changes = microdiff(withoutPrototype(before), withoutPrototype(after), { cyclesFix: false }).map(
    (difference) => {
      const field = String(difference.path[0]);
      const isOwn = ownFields.has(field);
      return {
        rank: isOwn ? 2 : named.has(field) ? 0 : 1,
        path: formatPath(difference.path),
        before: difference.type === 'CREATE' ? undefined : toJson(difference.oldValue),
        after: difference.type === 'REMOVE' ? undefined : toJson(difference.value),
        isUnannounced: named.size > 0 && !isOwn && !named.has(field),
      };
    },
  );
  return changes.sort((one, other) => one.rank - other.rank).map(({ rank: _, ...change }) => change);
}

/** Or a field by the name of `constructor` would never count as gone. */
const withoutPrototype = (fields: Fields): Record<string, unknown> => Object.assign(Object.create(null), fields);

/** These change with every write, and `updatedFields` leaves them out. */
const ownFields: ReadonlySet<string> = new Set(['updatedAt', 'updatedBy', 'searchVector', 'position']);

const toJson = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

const formatPath = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
