import { twentyWebhooks } from '@twenty-webhooks/next/pages';
import { mounted } from '../../../mounted.mjs';

const handlers = new Map();

export default function handle(request, response) {
  return mounted(twentyWebhooks, handlers, request.query.mount)(request, response);
}
