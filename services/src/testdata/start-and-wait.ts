import { writeSync } from 'node:fs';
import { processTree } from '../process-tree.ts';
import { startPostgres } from '../start-postgres.ts';
import { startRedis } from '../start-redis.ts';

// A process that starts servers, says so, and waits to be killed, or ends by itself.

const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
const pids = [postgres, redis].flatMap(({ pid }) => (pid === undefined ? [] : processTree(pid)));
if (process.argv[2] === 'frozen') postgres.freeze();
writeSync(1, `${JSON.stringify({ pids, folders: [postgres.folder, redis.folder] })}\n`);
if (process.argv[2] !== 'ends') setInterval(() => {}, 1_000);
