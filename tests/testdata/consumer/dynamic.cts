// A CommonJS file, which in every TypeScript gets at a package of ES modules like this.
import type { Receiver } from '@twenty-webhooks/core' with { 'resolution-mode': 'import' };

export async function makeReceiver(): Promise<Receiver> {
  const { createReceiver } = await import('@twenty-webhooks/core');
  const { toNodeHandler } = await import('@twenty-webhooks/core/node');
  const receiver = createReceiver({
    secret: 's',
    // @ts-expect-error: no such field
    on: { 'person.created': ({ data }) => void data.attributes?.name?.thirdName },
  });
  toNodeHandler(receiver) satisfies (...request: never[]) => void;
  return receiver;
}
