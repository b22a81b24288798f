import type { JSX } from 'preact';
import { twentyTimeoutMs } from '../http/twenty-limits.ts';
import type { ForwardResult } from '../listen/inspector-api.ts';
import { formatDuration } from './format-values.ts';
import { answerText, forwardVerdict } from './forward-verdict.ts';

interface ForwardAnswerProps {
  readonly result: ForwardResult;
  /** Of the delivery that was sent, if it is not genuine. */
  readonly refusal: string | undefined;
}

/** What a target answered, and how its time compares with Twenty's patience. */
export function ForwardAnswer({ result, refusal }: ForwardAnswerProps): JSX.Element {
  const { kind, mark, reason } = forwardVerdict(result, refusal);
  return (
    <div class="answer">
      <p>
        <strong class={kind}>
          {mark} {answerText(result)}
        </strong>{' '}
        from <code>{result.url}</code>
      </p>
      {reason !== undefined && <p>{reason}</p>}
      <TimeBar durationMs={result.durationMs} />
      {result.body !== '' && <pre class="answer-body">{result.body}</pre>}
    </div>
  );
}

function TimeBar({ durationMs }: { readonly durationMs: number }): JSX.Element {
  const longestMs = Math.max(twentyTimeoutMs * 1.2, durationMs);
  const percent = (timeMs: number): string => `${Math.min(100, (timeMs / longestMs) * 100).toFixed(2)}%`;
  const isLate = durationMs > twentyTimeoutMs;
  const words = isLate
    ? `${formatDuration(durationMs)}: too late, Twenty hangs up after 5 s`
    : `${formatDuration(durationMs)} of the 5 s that Twenty waits`;
  return (
    <div class="time-bar">
      <div class="time-bar-track" aria-hidden="true">
        <div class={isLate ? 'time-bar-taken late' : 'time-bar-taken'} style={{ width: percent(durationMs) }} />
        <div class="time-bar-limit" style={{ left: percent(twentyTimeoutMs) }} />
      </div>
      <span class="muted">{words}</span>
    </div>
  );
}
