export { createDatabase, type OwnDatabase } from './create-database.ts';
export { createGate } from './create-gate.ts';
export { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';
export { describeWith } from './describe-with.ts';
export { endAsSoonAsItSays } from './end-as-soon-as-it-says.ts';
export { findPostgresFolder, findProgram } from './find-binary.ts';
export { findPostgres } from './find-postgres.ts';
export { findRedis } from './find-redis.ts';
export type { FindServiceOptions, FoundService } from './found-service.ts';
export { findFreePort } from './free-port.ts';
export { monotonicMs, type OpenProcessInbox, type ProcessOrder, type Report } from './inbox-process/process-order.ts';
export {
  type Answered,
  accepted,
  freshDelivery,
  type InboxProcess,
  startInboxProcess,
} from './inbox-process/start-inbox-process.ts';
export type { EndSignal, ServerProcess } from './server-process.ts';
export { type StartedPostgres, type StartPostgresOptions, startPostgres } from './start-postgres.ts';
export { durableRedis, type StartedRedis, type StartRedisOptions, startRedis } from './start-redis.ts';
export { makeTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts';
export { tryToLock } from './try-to-lock.ts';
export { measureUsableMs } from './usable-time.ts';
export { tellWatchdog } from './watchdog.ts';
