import { join } from 'node:path';
import { chunksProperty } from './properties/chunks.ts';
import { crashesProperty } from './properties/crashes.ts';
import { memoryInboxProperty, sqliteInboxProperty } from './properties/inboxes.ts';
import { socketsProperty } from './properties/sockets.ts';
import { memoryStoreProperty, sqliteStoreProperty } from './properties/stores.ts';
import { itFinds, itPasses } from './testdata/it-finds.ts';
import * as inboxes from './testdata/wrong-inboxes.ts';
import { fetchingBy } from './testdata/wrong-receivers.ts';
import { decodingPieces, firstPieceOnly } from './testdata/wrong-servers.ts';
import * as stores from './testdata/wrong-stores.ts';

itFinds([
  ['chunks: the first piece only', chunksProperty(fetchingBy((pieces) => pieces.slice(0, 1)))],
  [
    'chunks: pieces as texts',
    chunksProperty(fetchingBy((pieces) => pieces.map((piece) => Buffer.from(Buffer.from(piece).toString())))),
  ],
  ['sockets: pieces as texts', socketsProperty([decodingPieces])],
  ['sockets: the first piece only', socketsProperty([firstPieceOnly])],

  ['memory-store: nothing is released', memoryStoreProperty(stores.neverReleasing)],
  ['memory-store: what is done is forgotten', memoryStoreProperty(stores.forgettingWhatIsDone)],
  ['memory-store: a lease for ever', memoryStoreProperty(stores.forEver)],
  ['sqlite-store: any token', sqliteStoreProperty(stores.takingAnyToken())],
  ['sqlite-store: extending does nothing', sqliteStoreProperty(stores.extendingNothing)],

  ['memory-inbox: nothing is stale', memoryInboxProperty(inboxes.neverStale)],
  ['memory-inbox: everything is new', memoryInboxProperty(inboxes.alwaysNew)],
  ['memory-inbox: an attempt too few', memoryInboxProperty(inboxes.givesUpEarly)],
  ['memory-inbox: a retry too early', memoryInboxProperty(inboxes.retriesTooEarly)],
  ['memory-inbox: a retry without its filter', memoryInboxProperty(inboxes.retriesEverything)],
  ['memory-inbox: a purge without its filter', memoryInboxProperty(inboxes.purgesTooMuch)],
  ['memory-inbox: the same page again', memoryInboxProperty(inboxes.wrongPages)],
  ['sqlite-inbox: it does not outlive its closing', sqliteInboxProperty(inboxes.forgetful)],
  ['sqlite-inbox: another file each time', sqliteInboxProperty(inboxes.losing)],

  ['crashes: what was acknowledged is lost', crashesProperty(join(import.meta.dirname, 'testdata/lying-child.ts'))],
]);

itPasses([
  ['a reader of pieces', chunksProperty(fetchingBy((pieces) => pieces))],
  ['a wrapped inbox', memoryInboxProperty(inboxes.unchanged)],
  ['a wrapped store', sqliteStoreProperty(stores.unchanged)],
]);
