import { twentyWebhooks } from '@twenty-webhooks/next/pages';
import { mounted } from '../../../mounted.mjs';

export const config = { api: { bodyParser: false } };

const handlers = new Map();

export default function handle(request, response) {
  return mounted(twentyWebhooks, handlers, request.query.mount)(request, response);
}
