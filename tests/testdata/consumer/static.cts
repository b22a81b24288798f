// A CommonJS file whose `import` becomes `require`, which Node allows for ES modules from 20.19 and TypeScript from 5.8.
import { createReceiver } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';

createReceiver({
  secret: 's',
  inbox: sqliteInbox('types.sqlite'),
  // @ts-expect-error: no such field
  on: { 'person.created': ({ data }) => void data.attributes?.name?.thirdName },
});
