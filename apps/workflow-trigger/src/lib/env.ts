/** Read the environment. Called at start, so that it says there what is missing or wrong. */
export function readEnv(env: NodeJS.ProcessEnv = process.env) {
  const missing = ['TWENTY_WEBHOOK_SECRET', 'TWENTY_API_URL', 'TWENTY_API_KEY'].filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}: copy .env.example to .env and fill it in.`);
  const { TWENTY_API_URL: apiUrl = '', TWENTY_API_KEY: apiKey = '', DATABASE_URL, PGLITE_FOLDER } = env;
  if (!URL.canParse(apiUrl)) throw new Error('TWENTY_API_URL must be like https://crm.example.com.');
  const followUpAfterMs = Number(env.FOLLOW_UP_AFTER_SECONDS || 86_400) * 1_000;
  if (!(followUpAfterMs >= 0)) throw new Error('FOLLOW_UP_AFTER_SECONDS must be a number.');
  const wonStages = (env.WON_STAGES || 'CUSTOMER,WON').split(',').map((stage) => stage.trim());
  const database = { url: DATABASE_URL || undefined, folder: PGLITE_FOLDER || 'pgdata' };
  return { apiUrl: new URL('/rest/', apiUrl).href, apiKey, database, followUpAfterMs, wonStages };
}
