import { DatabaseSync } from 'node:sqlite';

// A process that keeps a file locked from outside until it is killed: `node lock-process.ts inbox.sqlite EXCLUSIVE`.

const [path = '', mode = ''] = process.argv.slice(2);
const sqlite = new DatabaseSync(path, { timeout: 5_000 });
sqlite.exec(`BEGIN ${mode}`);
// The parent is gone.
process.once('disconnect', () => process.exit());
process.send?.('locked');
// A connection that nobody refers to is closed by the garbage collector.
process.once('exit', () => sqlite.close());
