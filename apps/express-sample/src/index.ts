export { type AppOptions, createApp } from './app.ts';
export { type Entry, Journal, type JournalOptions } from './journal.ts';
