import { fileURLToPath } from 'node:url';

// The packages of the workspace lie outside of this folder.
const root = fileURLToPath(new URL('../../../..', import.meta.url));

export default { turbopack: { root }, outputFileTracingRoot: root };
