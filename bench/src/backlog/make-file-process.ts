import { type Kind, kinds, makeFile } from './make-file.ts';

// Makes a file in a process of its own, so that the memory it takes is not on the account of what is measured:
// `node make-file-process.ts /tmp/waiting.sqlite waiting 1000000`.

const [path = '', kind = '', jobs = ''] = process.argv.slice(2);
if (!kinds.includes(kind as Kind)) throw new Error(`no kind ${kind}`);
await makeFile(path, { kind: kind as Kind, jobs: Number(jobs) });
