import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';

/** A line for the shell with a valid signature. In the guide's format, whose signature does not grow old. */
export function curlLine(url: string, secret: string): string {
  const { headers, body } = signDelivery(sampleEvent('person.created', { format: 'envelope' }), {
    secret,
    format: 'envelope',
  });
  const options = Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}' \\\n`);
  const data = new TextDecoder().decode(body).replaceAll("'", `'\\''`);
  return `curl -i ${url} \\\n${options.join('')}  -d '${data}'`;
}
