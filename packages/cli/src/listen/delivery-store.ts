import type { DatabaseSync } from 'node:sqlite';
import type { DeliverySummary, ForwardResult } from './inspector-api.ts';
import { openDeliveryFile } from './open-delivery-file.ts';

/** What a request brought and what became of it. */
export interface NewDelivery extends Omit<DeliverySummary, 'id' | 'bytes' | 'forward' | 'isForwarding'> {
  /** As Node has them: name, value, name, value, …; order, case and repeats as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  /** Whether the body may hold secrets. @default true */
  readonly isMasked?: boolean;
}

/** What stands in the list, and what came. */
export interface StoredDelivery {
  readonly summary: DeliverySummary;
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

/** All deliveries that came in, the last `keep` of them, in a file. One process has it for itself. */
export interface DeliveryStore {
  /** @param options.isForwarding whether `setForward` will follow */
  add(delivery: NewDelivery, options?: { readonly isForwarding?: boolean }): DeliverySummary;
  /** Add many in one transaction. */
  addAll(deliveries: readonly NewDelivery[]): void;
  /** Whether the delivery is still there. */
  setForward(id: number, forward: ForwardResult): boolean;
  count(): number;
  /** The newest first. */
  list(options: { readonly before?: number | undefined; readonly limit: number }): readonly DeliverySummary[];
  get(id: number): StoredDelivery | undefined;
  /** The last genuine delivery before this one that has the same record. */
  previousOf(summary: DeliverySummary): StoredDelivery | undefined;
  /** When the oldest one came. */
  oldestAtMs(): number | undefined;
  /** What came, the newest first, for who looks through all of it in pieces: `limit` of them, or fewer large ones. */
  contents(options: { readonly before: number; readonly limit: number }): readonly StoredContent[];
  /** Forget all. */
  clear(): void;
  /** Leave nothing in the file of what is forgotten. */
  compact(): void;
  close(): void;
}

export interface StoredContent extends Pick<StoredDelivery, 'rawHeaders' | 'body'> {
  readonly id: number;
  readonly isMasked: boolean;
}

export interface DeliveryStoreOptions {
  /** Of all bodies together. @default 1 GiB */
  readonly maxBytes?: number;
  /** Called after old deliveries were forgotten. */
  readonly onForget?: (bytes: number) => void;
}

/** @throws FOLDER_IN_USE, FOLDER_UNUSABLE */
export function openDeliveryStore(
  folder: string,
  keep: number,
  { maxBytes = defaultMaxBytes, onForget = () => {} }: DeliveryStoreOptions = {},
): DeliveryStore {
  const sqlite = openDeliveryFile(folder);
  const forwarding = new Set<number>();
  const insert = sqlite.prepare(
    'INSERT INTO delivery (summary, object, record_id, is_genuine, is_masked, bytes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertContent = sqlite.prepare('INSERT INTO content (id, headers, body) VALUES (?, ?, ?)');
  const selectOldest = sqlite.prepare('SELECT id, summary FROM delivery ORDER BY id LIMIT 1');
  const deleteUntil = sqlite.prepare('DELETE FROM delivery WHERE id <= ? RETURNING bytes');
  const deleteContent = sqlite.prepare('DELETE FROM content WHERE id <= ?');
  const selectOne = sqlite.prepare(
    `SELECT ${listed}, headers, body FROM delivery JOIN content USING (id) WHERE id = ?`,
  );
  const selectList = sqlite.prepare(`SELECT ${listed} FROM delivery WHERE id < ? ORDER BY id DESC LIMIT ?`);
  const selectPrevious = sqlite.prepare(
    `SELECT ${listed}, headers, body FROM delivery JOIN content USING (id)
     WHERE object = ? AND record_id = ? AND is_genuine = 1 AND id < ? ORDER BY id DESC LIMIT 1`,
  );
  const selectContents = sqlite.prepare(
    `SELECT id, headers, body, is_masked FROM delivery JOIN content USING (id) WHERE id < ? ORDER BY id DESC LIMIT ?`,
  );
  const updateForward = sqlite.prepare('UPDATE delivery SET forward = ? WHERE id = ?');
  const countAll = sqlite.prepare('SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM delivery');
  let keptBytes = Number(countAll.get()?.bytes);

  const forgetUntil = (id: number): void => {
    for (const { bytes } of deleteUntil.all(id)) keptBytes -= Number(bytes);
    deleteContent.run(id);
  };
  /** Ids have no gaps but at the start, so the newest one says how many there are. */
  const forgetOld = (newest: number): void => {
    forgetUntil(newest - keep);
    while (keptBytes > maxBytes) {
      const oldest = Number(selectOldest.get()?.id ?? newest);
      if (oldest >= newest) break;
      forgetUntil(oldest);
    }
  };
  const addOne = ({
    rawHeaders,
    body,
    isMasked = true,
    ...rest
  }: NewDelivery): Omit<DeliverySummary, 'isForwarding'> => {
    const summary = { ...rest, bytes: body.length };
    const { lastInsertRowid } = insert.run(
      JSON.stringify(summary),
      summary.object ?? null,
      summary.recordId ?? null,
      Number(summary.status !== 'rejected'),
      Number(isMasked),
      body.length,
    );
    const id = Number(lastInsertRowid);
    insertContent.run(id, JSON.stringify(rawHeaders), body);
    keptBytes += body.length;
    forgetOld(id);
    return { id, ...summary, forward: undefined };
  };
  const inTransaction = <T>(run: () => T): T => {
    sqlite.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have rolled it back already.
      if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
      keptBytes = Number(countAll.get()?.bytes);
      throw error;
    }
  };
  const toSummary = (row: Row): DeliverySummary => ({
    id: Number(row.id),
    ...(JSON.parse(String(row.summary)) as Omit<DeliverySummary, 'id' | 'forward' | 'isForwarding'>),
    forward: row.forward === null ? undefined : (JSON.parse(String(row.forward)) as ForwardResult),
    isForwarding: forwarding.has(Number(row.id)),
  });
  const toStored = (row: Row | undefined): StoredDelivery | undefined =>
    row && { summary: toSummary(row), ...toContent(row) };

  // `keep` may be less than the last time.
  inTransaction(() => forgetOld(Number(sqlite.prepare('SELECT max(id) AS id FROM delivery').get()?.id ?? 0)));
  return {
    add(delivery, { isForwarding = false } = {}) {
      const bytesBefore = keptBytes + delivery.body.length;
      const summary = inTransaction(() => addOne(delivery));
      if (isForwarding) forwarding.add(summary.id);
      if (keptBytes < bytesBefore) onForget(bytesBefore - keptBytes);
      return { ...summary, isForwarding };
    },
    addAll: (deliveries) => inTransaction(() => deliveries.forEach(addOne)),
    setForward(id, forward) {
      forwarding.delete(id);
      return updateForward.run(JSON.stringify(forward), id).changes > 0;
    },
    count: () => Number(countAll.get()?.count),
    list: ({ before = Number.MAX_SAFE_INTEGER, limit }) => selectList.all(before, limit).map(toSummary),
    get: (id) => toStored(selectOne.get(id)),
    previousOf: ({ id, object, recordId }) =>
      object === undefined || recordId === undefined ? undefined : toStored(selectPrevious.get(object, recordId, id)),
    oldestAtMs() {
      const row = selectOldest.get();
      return row && (JSON.parse(String(row.summary)) as DeliverySummary).receivedAtMs;
    },
    contents({ before, limit }) {
      const contents: StoredContent[] = [];
      let bytes = 0;
      for (const row of selectContents.iterate(before, limit)) {
        const content = { id: Number(row.id), ...toContent(row), isMasked: row.is_masked === 1 };
        contents.push(content);
        bytes += content.body.length;
        if (bytes >= maxPieceBytes) break;
      }
      return contents;
    },
    clear: () => inTransaction(() => forgetUntil(Number.MAX_SAFE_INTEGER)),
    compact: () => sqlite.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => sqlite.close(),
  };
}

type Row = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>[number];

const toContent = (row: Row): Pick<StoredDelivery, 'rawHeaders' | 'body'> => ({
  rawHeaders: JSON.parse(String(row.headers)) as string[],
  body: row.body as Uint8Array,
});

const listed = 'id, summary, forward';
const maxPieceBytes = 4 * 1024 * 1024;

// A stranger who finds the tunnel must not be able to fill the disk.
const defaultMaxBytes = 1024 * 1024 * 1024;
