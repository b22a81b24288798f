import { twentyWebhooks } from '@twenty-webhooks/next';

export const runtime = 'edge';

export const POST = twentyWebhooks({
  secret: 'edge-secret',
  on: {
    'person.created': ({ id }, { idempotencyKey }) => {
      if (!id || !idempotencyKey) throw new Error('not there in time');
    },
    'person.deleted': () => {
      throw new Error('failed as asked');
    },
  },
});
