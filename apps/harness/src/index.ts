export { type AppProcess, type AppProcessOptions, startAppProcess } from './app-process.ts';
export type { Sample, SampleOptions } from './sample.ts';
export { type Announcement, type SlackNotify, startSlackNotify } from './slack-notify.ts';
