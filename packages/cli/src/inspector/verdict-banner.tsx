import type { JSX } from 'preact';
import type { DeliverySummary } from '../listen/inspector-api.ts';
import { verdictOf } from './verdict.ts';

/** What became of a delivery, why, and what to do. */
export function VerdictBanner({ delivery }: { readonly delivery: DeliverySummary }): JSX.Element {
  const { kind, mark, title, explanation, fix } = verdictOf(delivery);
  return (
    <div class={`banner ${kind}`}>
      <span class="banner-mark" aria-hidden="true">
        {mark}
      </span>
      <div>
        <strong>{title}</strong>
        {explanation !== '' && <p>{explanation}</p>}
        {fix !== undefined && <p class="fix">{fix}</p>}
      </div>
    </div>
  );
}
