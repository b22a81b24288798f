/** Variables and secrets, as the runtime has them; on Cloudflare Workers they come with each request. */
export type Variables = Readonly<Partial<Record<'TWENTY_WEBHOOK_SECRET' | 'ORIGIN_URL' | 'ORIGIN_TIMEOUT_MS', string>>>;

export type Env = ReturnType<typeof readEnv>;

/** Read them; an empty value is none. Says at once all that is missing or wrong, and never a value. */
export function readEnv(variables: Variables) {
  const problems: string[] = [];
  const read = (name: keyof Variables, isGood: (value: string) => boolean, hint: string, fallback = ''): string => {
    const value = variables[name] || fallback;
    if (!isGood(value)) problems.push(`${name} is ${value === '' ? 'missing' : 'wrong'}: ${hint}`);
    return value;
  };
  const env = {
    secret: read('TWENTY_WEBHOOK_SECRET', (value) => value.trim() !== '', 'the secret of the webhook, from Twenty'),
    originUrl: read(
      'ORIGIN_URL',
      isHttpUrl,
      'where deliveries are forwarded to, by http or https, without a name and a password',
    ),
    // Twenty hangs up after 5 s, and the way to the edge and back takes some of them.
    originTimeoutMs: Number(read('ORIGIN_TIMEOUT_MS', isTimeout, '1 to 4000', '3500')),
  };
  if (problems.length > 0) throw new Error(`Set what .env.example names:\n  ${problems.join('\n  ')}`);
  return env;
}

/** `fetch` would refuse all others, those with a name and a password too, and show them in its message. */
function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

const isTimeout = (value: string): boolean => /^[1-9]\d{0,3}$/.test(value) && Number(value) <= 4_000;
