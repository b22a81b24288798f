/** Changes of the schema, in order. The file's `user_version` says how many of them it has had; none is ever edited. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    event_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    scheme TEXT NOT NULL,
    secret_index INTEGER,
    signed_at INTEGER,
    nonce TEXT,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;

  -- One event for one handler. Bodies are in a table of their own, so that a change of state writes little.
  CREATE TABLE job (
    -- Grows in the order of arrival.
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    -- Of the key; an index of whole keys would be five times as large.
    key_digest BLOB NOT NULL UNIQUE,
    handler TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    object TEXT,
    record_id TEXT,
    -- record.updatedAt
    changed_at INTEGER,
    -- A digest of record and handler, whose jobs run one after the other; NULL for jobs of no record.
    lane BLOB,
    -- NULL once the job is purged.
    delivery_id INTEGER,
    -- waiting: for its time. blocked: for another job of its record and handler. purged: only the key is left.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'blocked', 'running', 'done', 'dead', 'purged')),
    attempt INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    worker TEXT,
    stored_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    -- Of the last run that failed, as JSON.
    error TEXT
  ) STRICT;
  CREATE INDEX job_delivery ON job (delivery_id);
  CREATE INDEX job_waiting ON job (due_at, id) WHERE state = 'waiting';
  CREATE INDEX job_blocked ON job (lane, due_at, id) WHERE state = 'blocked';
  CREATE INDEX job_running ON job (lane) WHERE state = 'running';
  CREATE INDEX job_dead ON job (id) WHERE state = 'dead';
  CREATE INDEX job_purged ON job (id) WHERE state = 'purged';
  CREATE INDEX job_handled ON job (lane, changed_at)
    WHERE state IN ('done', 'purged') AND changed_at IS NOT NULL;

  -- Who runs jobs holds a lease. Times are milliseconds since 1970.
  CREATE TABLE worker (
    id TEXT PRIMARY KEY,
    lease_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Of sqliteStore: which handlers finished which events inside a request.
  CREATE TABLE claim (
    key TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    until INTEGER NOT NULL,
    is_done INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claim_until ON claim (until);
  `,
];
