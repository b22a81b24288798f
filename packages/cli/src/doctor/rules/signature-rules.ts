import { answerShape } from '../answer-shape.ts';
import { type Finding, namesOf, type Rule } from '../finding.ts';
import {
  isAccepted,
  isRefused,
  type ProbeName,
  type ProbeResult,
  type ProbeResults,
  statusOf,
  textOf,
} from '../probe.ts';
import { reserialised } from '../reserialised.ts';
import { forgeries } from './forgery-rules.ts';

/** A 200 whose text says that something went wrong. */
function hiddenFailures(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const genuine = [...all.values()].find((one) => one.probe.expects === 'accept' && isAccepted(one));
  const lost = namesOf(open, (one) => one.probe.expects !== 'refuse' && isAccepted(one) && saysFailed(one));
  const refused = namesOf(
    open,
    (one) =>
      one.probe.expects === 'refuse' &&
      isAccepted(one) &&
      // To a GET web apps show pages, with all kinds of words.
      (saysFailed(one) || (one.probe.name !== 'empty-get' && saysRefused.test(textOf(one)))) &&
      (genuine === undefined || answerShape(one) !== answerShape(genuine)),
  );
  const hidden = [...lost, ...refused];
  if (hidden.length === 0) return [];
  return [
    {
      code: 'acknowledges-failures',
      verdict: hidden.every((name) => unhandledNames.includes(name)) ? 'warning' : 'fault',
      probes: hidden,
      // What is refused like this need not say so each time.
      follows: namesOf(open, isAccepted, ['not-json', 'not-an-event']).filter((name) => !hidden.includes(name)),
      twenty: 'takes it for delivered: it reads the status alone, and that says 200 while the text says no',
      fix: 'Answer 401 to what is not genuine and 500 when something failed; 200 only when the event is safe.',
    },
  ];
}

/** A program's own word for it, not some text that has the word. */
function saysFailed(probed: ProbeResult): boolean {
  const { success, ok, error, status } = parseObject(textOf(probed));
  const isError = error !== undefined && error !== null && error !== false && error !== '';
  return success === false || ok === false || isError || status === 'error' || status === 'failed';
}

interface Said {
  readonly success?: unknown;
  readonly ok?: unknown;
  readonly error?: unknown;
  readonly status?: unknown;
}

function parseObject(text: string): Said {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** These need no handling, whatever is said about them. */
const unhandledNames: readonly ProbeName[] = ['unknown-event', 'unknown-shape', 'metadata-view', 'metadata-object'];

function reserialises(open: ProbeResults): readonly Finding[] {
  const refused = namesOf(open, (one) => isRefused(one) && statusOf(one) < 500, ['original-bytes']);
  if (refused.length === 0) return [];
  return [{ ...reserialised, probes: refused }];
}

function staleness(open: ProbeResults): readonly Finding[] {
  const [first, ...follows] = namesOf(open, isAccepted, ['stale', 'stale-day', 'future']);
  if (first === undefined) return [];
  const isEndless = [first, ...follows].includes('stale-day');
  const twenty =
    first === 'future'
      ? 'signed ten minutes ahead, and taken: it can be sent again for longer than it should'
      : 'ten minutes old, and taken: who has recorded a delivery can send it again';
  return [
    {
      code: 'ignores-staleness',
      verdict: isEndless ? 'fault' : 'warning',
      probes: [first],
      follows,
      twenty: isEndless
        ? `${twenty} for ever`
        : first === 'stale'
          ? `${twenty} in a window of more than 10 minutes`
          : twenty,
      fix: 'Refuse with 401 what X-Twenty-Webhook-Timestamp (milliseconds, signed) says is more than 5 minutes away from now, either way.',
    },
  ];
}

const saysRefused =
  /error|invalid|unauthori|forbidden|denied|mismatch|fail|reject|not (valid|verified|json)|"(ok|success)":\s*false/i;

/** Whether the endpoint tells genuine deliveries from others. */
export const signatureRules: readonly Rule[] = [hiddenFailures, forgeries, reserialises, staleness];
