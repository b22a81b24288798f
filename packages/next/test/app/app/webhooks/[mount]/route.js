import { twentyWebhooks } from '@twenty-webhooks/next';
import { mounted } from '../../../mounted.mjs';

const handlers = new Map();

async function handle(request, { params }) {
  const { mount } = await params;
  return mounted(twentyWebhooks, handlers, mount)(request);
}

export { handle as DELETE, handle as GET, handle as OPTIONS, handle as PATCH, handle as POST, handle as PUT };
