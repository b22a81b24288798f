/** What is set to nothing counts as not set. */
const read = (name: string, otherwise = ''): string => process.env[name] || otherwise;
const unset = ['TWENTY_WEBHOOK_SECRET', 'TWENTY_API_URL', 'TWENTY_API_KEY', 'HUBSPOT_TOKEN'].filter((it) => !read(it));
if (unset.length > 0) throw new Error(`Set ${unset.join(', ')}: copy .env.example to .env and fill it in.`);
for (const name of ['TWENTY_API_URL', 'HUBSPOT_API_URL'])
  if (!/^https?:\/\/\w/.test(read(name, 'https://default'))) throw new Error(`${name} must be a URL: https://…`);
export const env = {
  ...{ secret: read('TWENTY_WEBHOOK_SECRET'), adminToken: read('ADMIN_TOKEN'), port: Number(read('PORT', '3000')) },
  ...{ twentyUrl: read('TWENTY_API_URL'), twentyKey: read('TWENTY_API_KEY') },
  ...{ hubspotUrl: read('HUBSPOT_API_URL', 'https://api.hubapi.com'), hubspotToken: read('HUBSPOT_TOKEN') },
  ...{ databaseUrl: read('DATABASE_URL'), folder: read('PGLITE_FOLDER', 'pgdata') },
};
