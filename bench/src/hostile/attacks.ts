import type { Attack } from './attack.ts';
import { badSignatures } from './attacks/bad-signatures.ts';
import { foreignBytes } from './attacks/foreign-bytes.ts';
import { halfOpen } from './attacks/half-open.ts';
import { largeHeads } from './attacks/large-heads.ts';
import { lyingChunks } from './attacks/lying-chunks.ts';
import { lyingLengths } from './attacks/lying-lengths.ts';
import { pipelining } from './attacks/pipelining.ts';
import { slowConnections } from './attacks/slow-connections.ts';
import { tooLarge } from './attacks/too-large.ts';

export const attacks: readonly Attack[] = [
  slowConnections,
  halfOpen,
  pipelining,
  lyingChunks,
  lyingLengths,
  tooLarge,
  largeHeads,
  foreignBytes,
  badSignatures,
];
