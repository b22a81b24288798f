import type { NextConfig } from 'next';

export default {
  // Loaded by Node as they are: DBOS keeps its registry in its module, PGlite its database beside its files.
  serverExternalPackages: ['@dbos-inc/dbos-sdk', '@electric-sql/pglite', '@electric-sql/pglite-socket'],
} satisfies NextConfig;
