export type Env = ReturnType<typeof readEnv>;

/** Read the environment; an empty value is none. Says at once all that is missing or wrong, and never a value. */
export function readEnv(env: NodeJS.ProcessEnv = process.env) {
  const problems: string[] = [];
  const read = (name: string, pattern: RegExp, hint: string, fallback = ''): string => {
    const value = env[name] || fallback;
    if (!pattern.test(value)) problems.push(`${name} is ${value === '' ? 'missing' : 'wrong'}: ${hint}`);
    return value;
  };
  const result = {
    secret: read('TWENTY_WEBHOOK_SECRET', /\S/, 'the secret of the webhook, from Twenty'),
    slackToken: read('SLACK_TOKEN', /^xox\S+$/, "your Slack app's bot token, xoxb-…"),
    slackChannel: read('SLACK_CHANNEL', /^[CGD][A-Z0-9]{4,}$/, "the channel's id, such as C0123456789"),
    slackApiUrl: read('SLACK_API_URL', httpUrl, 'a URL that speaks the Web API of Slack', 'https://slack.com/api/'),
    twentyUrl: read('TWENTY_URL', httpUrl, 'where you open Twenty', 'https://app.twenty.com').replace(/\/+$/, ''),
    wonStages: new Set(read('WON_STAGES', /[^\s,]/, 'names of stages', 'CUSTOMER,WON').match(/[^\s,]+/g)),
    inboxFile: env.INBOX_FILE || 'inbox.sqlite',
    port: Number(read('PORT', /^\d{1,5}$/, 'a number', '3000')),
  };
  if (result.port > 65_535) problems.push('PORT is wrong: at most 65535');
  if (problems.length > 0) throw new Error(`Fill in .env, as .env.example says:\n  ${problems.join('\n  ')}`);
  return result;
}

/** `<`, `>` and `|` would end a link in Slack's markup. */
const httpUrl = /^https?:\/\/[\w.[\]:-]+(\/[^\s<>|]*)?$/;
