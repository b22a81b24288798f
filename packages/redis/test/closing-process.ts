import { measureUsableMs } from '@twenty-webhooks/services';
import { openReceiver } from './opened-receiver.ts';

// Works on an inbox for a second, closes it, and ends by itself when nothing keeps it alive.

const [connection = ''] = process.argv.slice(2);
const { receiver } = openReceiver({ connection, prefix: `closing-${process.pid}` });
receiver.start();
process.send?.('open');
process.once('message', async () => {
  const usableMs = measureUsableMs();
  await receiver.close({ graceMs: 200 });
  process.send?.(usableMs());
  process.disconnect();
});
