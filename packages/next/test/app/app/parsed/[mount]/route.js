import { twentyWebhooks } from '@twenty-webhooks/next';
import { mounted } from '../../../mounted.mjs';

const handlers = new Map();

export async function POST(request, { params }) {
  const { mount } = await params;
  await request.json();
  return mounted(twentyWebhooks, handlers, mount)(request);
}
