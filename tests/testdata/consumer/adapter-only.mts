// A project that has installed nothing but an adapter declares its objects there.
import { twentyWebhooks } from '@twenty-webhooks/express';

declare module '@twenty-webhooks/express' {
  interface TwentyObjects {
    adapterRocket: { thrust?: number };
  }
}

twentyWebhooks({
  on: {
    'adapterRocket.created': ({ data }) => void (data.attributes?.thrust satisfies number | undefined),
    // @ts-expect-error: no such field
    'adapterRocket.updated': ({ data }) => data.attributes?.trust,
  },
});
