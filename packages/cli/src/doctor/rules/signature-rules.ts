import { answerShape } from '../answer-shape.ts';
import { type Finding, namesOf, type Rule } from '../finding.ts';
import { isAccepted, isRefused, type ProbeResults, textOf } from '../probe.ts';
import { reserialised } from '../reserialised.ts';

/** A 200 whose text says that something went wrong. */
function hiddenRefusals(open: ProbeResults, all: ProbeResults): readonly Finding[] {
  const genuine = [...all.values()].find((one) => one.probe.expects === 'accept' && isAccepted(one));
  const hidden = namesOf(
    open,
    (one) =>
      one.probe.expects === 'refuse' &&
      isAccepted(one) &&
      saysRefused.test(textOf(one)) &&
      (genuine === undefined || answerShape(one) !== answerShape(genuine)),
  );
  if (hidden.length === 0) return [];
  return [
    {
      code: 'acknowledges-failures',
      verdict: 'fault',
      probes: hidden,
      // What is refused like this need not say so each time.
      follows: namesOf(open, isAccepted, ['not-json', 'not-an-event']).filter((name) => !hidden.includes(name)),
      twenty: 'takes it for delivered: it reads the status alone, and that says 200 while the text says no',
      fix: 'Answer 401 to what is not genuine and 500 when something failed; 200 only when the event is safe.',
    },
  ];
}

function forgeries(open: ProbeResults): readonly Finding[] {
  const forged = namesOf(open, isAccepted, ['tampered', 'tampered-envelope', 'wrong-secret', 'malformed-signature']);
  const unsigned = namesOf(open, isAccepted, ['unsigned']);
  if (forged.length > 0) {
    const isEnvelopeOnly = forged.every((name) => name === 'tampered-envelope');
    return [
      {
        code: 'ignores-signature',
        verdict: 'fault',
        probes: forged,
        follows: [...unsigned, ...namesOf(open, isAccepted, ['stale', 'future'])],
        twenty: 'not from Twenty, and taken: anybody can send such events',
        fix: `Verify ${isEnvelopeOnly ? 'X-Twenty-Signature too' : 'the signature'}, over the bytes as received, before anything else; refuse with 401.`,
      },
    ];
  }
  if (unsigned.length === 0) return [];
  return [
    {
      code: 'accepts-unsigned',
      verdict: 'fault',
      probes: unsigned,
      twenty: 'not from Twenty, and taken: anybody who leaves the signature out can send such events',
      fix: 'Refuse deliveries without a signature header with 401.',
    },
  ];
}

function reserialises(open: ProbeResults): readonly Finding[] {
  const refused = namesOf(open, isRefused, ['original-bytes']);
  if (refused.length === 0) return [];
  return [{ ...reserialised, probes: refused }];
}

function staleness(open: ProbeResults): readonly Finding[] {
  const accepted = namesOf(open, isAccepted, ['stale', 'future']);
  const isReplay = accepted.includes('stale');
  if (accepted.length === 0) return [];
  return [
    {
      code: 'ignores-staleness',
      verdict: isReplay ? 'fault' : 'warning',
      probes: accepted.slice(0, 1),
      follows: accepted.slice(1),
      twenty: isReplay
        ? 'ten minutes old, and taken: who has recorded a delivery can send it again for ever'
        : 'signed ten minutes ahead, and taken: it can be sent again for longer than it should',
      fix: 'Refuse with 401 what X-Twenty-Webhook-Timestamp (milliseconds, signed) says is more than 5 minutes away from now, either way.',
    },
  ];
}

const saysRefused =
  /error|invalid|unauthori|forbidden|denied|mismatch|fail|reject|not (valid|verified|json)|"(ok|success)":\s*false/i;

/** Whether the endpoint tells genuine deliveries from others. */
export const signatureRules: readonly Rule[] = [hiddenRefusals, forgeries, reserialises, staleness];
