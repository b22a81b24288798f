import { servers } from './servers.ts';
import { type Variant, variants } from './variant.ts';

// A server in a process of its own, so that its CPU time is its own: `node server-process.ts express 'by hand' /tmp/folder`. It says
// its port, then its CPU time whenever it is asked.

const [framework = '', variant = '', folder = ''] = process.argv.slice(2);
const start = servers[framework];
if (start === undefined || !variants.includes(variant as Variant)) throw new Error(`no server ${framework} ${variant}`);

const { port } = await start(variant as Variant, folder);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
// The parent is gone.
process.on('disconnect', () => process.exit());
process.send?.({ port });
