import { describeWith } from '../describe-with.ts';

describeWith<string>(undefined, 'a suite', (found) => {
  throw new Error(`there is no ${found.toUpperCase()}`);
});
