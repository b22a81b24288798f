import { openReceiver } from './opened-receiver.ts';

// Works on an inbox for a second, closes it, and ends by itself when nothing keeps it alive.

const [connection = ''] = process.argv.slice(2);
const { receiver } = openReceiver({ connection, prefix: `closing-${process.pid}` });
receiver.start();
process.send?.('open');
process.once('message', async () => {
  const startedMs = performance.now();
  await receiver.close({ graceMs: 200 });
  process.send?.(Math.round(performance.now() - startedMs));
  process.disconnect();
});
