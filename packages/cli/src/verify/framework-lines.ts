/** By framework or place, the line to change. */
export type Lines = Readonly<Record<string, string>>;

const body: Lines = {
  express:
    "app.use(twentyWebhooks({ … })) above app.use(express.json()); by hand: express.raw({ type: 'application/json' })",
  fastify:
    "app.register(twentyWebhooks, { … }); by hand: addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body))",
  next: 'export const POST = twentyWebhooks({ … }); by hand: await request.arrayBuffer(), not request.json()',
  'next (pages)': 'export const config = { api: { bodyParser: false } };',
  hono: "app.post('/webhooks/twenty', twentyWebhooks({ … })) before what calls c.req.json(); by hand: await c.req.arrayBuffer()",
  node: 'chunks.push(chunk), then Buffer.concat(chunks); not text += chunk, not JSON.stringify(JSON.parse(text))',
  flask: 'request.get_data(), not json.dumps(request.json)',
  lambda: "Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8')",
  proxy:
    'fetch(url, { method, headers, body: request.body }): pass the body on, do not parse it (workers, gateways, body mappings)',
};

const headers: Lines = {
  nginx: 'proxy_pass_request_headers on; no proxy_set_header X-Twenty-… in the way',
  'api gateway':
    'pass X-Twenty-Webhook-Signature, -Timestamp and -Nonce in the mapping, cache key or allow-list of headers',
  proxy: 'fetch(url, { headers: request.headers, … }): all headers, not a chosen few',
  lambda: 'pass event.headers on as they are',
  flask: "request.headers['X-Twenty-Webhook-Signature'], not request.environ",
};

const secret: Lines = {
  '.env': 'TWENTY_WEBHOOK_SECRET=… (no quotes, no spaces, nothing behind it)',
  docker: 'docker run --env-file: quotes would stay a part of the value',
  kubernetes: 'kubectl create secret generic … --from-literal=…; by hand: printf %s "$SECRET" | base64, not echo',
  node: 'secret: process.env.TWENTY_WEBHOOK_SECRET; from a file: readFileSync(path, "utf8").trim()',
};

const timestamp: Lines = {
  node: 'const timestamp = String(Date.now()); not Math.floor(Date.now() / 1000)',
  python: 'timestamp = str(int(time.time() * 1000)); not str(time.time())',
  receiver: 'pass X-Twenty-Webhook-Timestamp as it came: no Number(), no new Date()',
};

const scheme: Lines = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is shown to people.
  node: "createHmac('sha256', secret).update(`${timestamp}:`).update(body).digest('hex')",
  python: 'hmac.new(secret.encode(), timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()',
  'test client': 'signDelivery(event, { secret }) of @twenty-webhooks/testing',
};

export const lines: Readonly<Record<'body' | 'headers' | 'secret' | 'timestamp' | 'scheme', Lines>> = {
  body,
  headers,
  secret,
  timestamp,
  scheme,
};
