import type { JSX } from 'preact';
import type { DeliverySummary } from '../listen/inspector-api.ts';
import { formatTime } from './format-values.ts';
import { answerText, forwardVerdict, refusalOf } from './forward-verdict.ts';
import { verdictOf } from './verdict.ts';

/** In pixels; the style sheet has the same. */
export const rowHeight = 50;

export interface DeliveryRowProps {
  readonly delivery: DeliverySummary;
  readonly index: number;
  readonly count: number;
  readonly isSelected: boolean;
  readonly nowMs: number;
}

/** One delivery in the list: what became of it, its event and record, when it came, what the target answered. */
export function DeliveryRow({ delivery, index, count, isSelected, nowMs }: DeliveryRowProps): JSX.Element {
  const { kind, mark, word } = verdictOf(delivery);
  const received = new Date(delivery.receivedAtMs).toISOString();
  return (
    <div
      id={rowId(delivery.id)}
      role="option"
      // Only by click: the list itself has the focus.
      tabIndex={-1}
      class={`row ${kind}`}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      data-id={delivery.id}
      style={{ transform: `translateY(${index * rowHeight}px)` }}
    >
      {/* Spaces are not drawn here, but part its name into words. */}
      <span class="row-mark">{mark}</span>{' '}
      <span class="row-event">
        {delivery.event ?? (
          <i>
            {delivery.method} {delivery.path}
          </i>
        )}
      </span>{' '}
      <time dateTime={received} title={received}>
        {formatTime(delivery.receivedAtMs, nowMs)}
      </time>{' '}
      <span class="row-record">
        <span class="word">{word}</span> <bdi>{delivery.recordName ?? delivery.recordId ?? ''}</bdi>
      </span>{' '}
      <RowForward delivery={delivery} />
    </div>
  );
}

export const rowId = (id: number): string => `delivery-${id}`;

function RowForward({ delivery }: Pick<DeliveryRowProps, 'delivery'>): JSX.Element | null {
  const { forward, isForwarding } = delivery;
  if (forward === undefined) return isForwarding ? <span class="row-forward">→ pending …</span> : null;
  const { kind, mark, reason } = forwardVerdict(forward, refusalOf(delivery));
  return (
    <span class={`row-forward ${kind}`} title={reason}>
      → {kind === 'bad' && `${mark} `}
      {answerText(forward)}
    </span>
  );
}
