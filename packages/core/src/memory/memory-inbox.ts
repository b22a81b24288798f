import { type EmbeddedInbox, type EmbeddedInboxOptions, embeddedInbox } from '../embedded/embedded-inbox.ts';
import { createMemoryJobs } from './memory-jobs.ts';

/**
 * An inbox in the memory of this process, for tests and development: it does all that an inbox does, but ends with its
 * process, and what it had answered with 200 is lost then. It remembers the last 10 000 jobs that are done.
 *
 * @throws OPTION_INVALID
 */
export function memoryInbox(options: EmbeddedInboxOptions = {}): EmbeddedInbox {
  return embeddedInbox(createMemoryJobs, options, 'memoryInbox');
}
