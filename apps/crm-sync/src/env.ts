const required = ['TWENTY_WEBHOOK_SECRET', 'TWENTY_API_URL', 'TWENTY_API_KEY', 'HUBSPOT_TOKEN'];
const missing = required.filter((name) => !process.env[name]);
if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}: copy .env.example to .env and fill it in.`);
export const { TWENTY_WEBHOOK_SECRET: secret = '', TWENTY_API_URL: twentyUrl = '' } = process.env;
export const { TWENTY_API_KEY: twentyKey = '', HUBSPOT_TOKEN: accessToken = '' } = process.env;
export const { HUBSPOT_API_URL: basePath = 'https://api.hubapi.com', DATABASE_URL: databaseUrl } = process.env;
export const { PGLITE_FOLDER: folder = 'pgdata', ADMIN_TOKEN: adminToken, PORT: port = '3000' } = process.env;
if (![twentyUrl, basePath].every((url) => URL.canParse(url)))
  throw new Error('TWENTY_API_URL must be a URL: https://…');
