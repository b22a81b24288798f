import { agreementProperty } from './properties/agreement.ts';
import { buildsProperty } from './properties/builds.ts';
import { chunksProperty } from './properties/chunks.ts';
import { crashesProperty } from './properties/crashes.ts';
import { freshnessProperty } from './properties/freshness.ts';
import { idsProperty } from './properties/ids.ts';
import { memoryInboxProperty, sqliteInboxProperty } from './properties/inboxes.ts';
import { parseProperty } from './properties/parse.ts';
import { patternsProperty } from './properties/patterns.ts';
import { receiveProperty } from './properties/receive.ts';
import { recordFieldsProperty } from './properties/record-fields.ts';
import { secretFunctionProperty } from './properties/secret-function.ts';
import { socketsProperty } from './properties/sockets.ts';
import { storedJobsProperty } from './properties/stored-jobs.ts';
import { memoryStoreProperty, sqliteStoreProperty } from './properties/stores.ts';
import { tamperedProperty } from './properties/tampered.ts';
import type { Property } from './property.ts';

/** Every property, of the code as it is. Whoever makes them closes them. */
export const allProperties = (): readonly Property[] => [
  receiveProperty(),
  tamperedProperty(),
  parseProperty(),
  idsProperty(),
  patternsProperty(),
  freshnessProperty(),
  agreementProperty(),
  buildsProperty(),
  secretFunctionProperty(),
  recordFieldsProperty(),
  storedJobsProperty(),
  memoryStoreProperty(),
  sqliteStoreProperty(),
  memoryInboxProperty(),
  sqliteInboxProperty(),
  chunksProperty(),
  socketsProperty(),
  crashesProperty(),
];
