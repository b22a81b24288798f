import { writeSync } from 'node:fs';

// Says that it has stored what it has not.
for (let number = 0; number < 24; number++) writeSync(1, `putting key ${number}\nstored key ${number}\n`);
