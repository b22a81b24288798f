import { createReceiver } from '@twenty-webhooks/core';
import type { AdapterFixture } from '@twenty-webhooks/testing';
import type { Serve } from './own-server.ts';

/** `receiver.fetch` as the whole app of a web-standard server. */
export const createFetchFixture = (serve: Serve): AdapterFixture => ({
  variants: ['plain'],
  limits: ['neighbours'],
  async start(_variant, options) {
    const receiver = createReceiver(options);
    const server = await serve(receiver);
    return {
      url: `${server.origin}/webhooks/twenty`,
      async close() {
        await server.close();
        await receiver.close({ graceMs: 0 });
      },
    };
  },
});
