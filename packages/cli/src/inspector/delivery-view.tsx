import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { DeliveryDetail } from '../listen/inspector-api.ts';
import { BodyView } from './body-view.tsx';
import { DeliveryFacts } from './delivery-facts.tsx';
import { ForwardAnswer } from './forward-answer.tsx';
import { refusalOf } from './forward-verdict.ts';
import { HeadersTable } from './headers-table.tsx';
import { RecordDiff } from './record-diff.tsx';
import { VerdictBanner } from './verdict-banner.tsx';

interface DeliveryViewProps {
  readonly detail: DeliveryDetail;
  /** Whether another one is on its way. */
  readonly isBusy: boolean;
  readonly paneRef: RefObject<HTMLElement | null>;
  readonly onBack: () => void;
  readonly onSelect: (id: number) => void;
  readonly onCopy: (text: string, what: string) => void;
  readonly onCopyCurl: () => void;
  readonly onReplay: () => void;
}

/** All that is known of one delivery. */
export function DeliveryView(props: DeliveryViewProps): JSX.Element {
  const { detail, isBusy, paneRef, onBack, onSelect, onCopy, onCopyCurl, onReplay } = props;
  // Another delivery is read from its top.
  useLayoutEffect(() => {
    if (paneRef.current !== null) paneRef.current.scrollTop = 0;
  }, [detail.id]);
  return (
    <article aria-labelledby="detail-title" aria-busy={isBusy}>
      <div class="detail-head">
        <button type="button" class="back" onClick={onBack}>
          ← List
        </button>
        <div class="detail-names">
          <h2 id="detail-title">{detail.event ?? `${detail.method} ${detail.path}`}</h2>
          <p class="muted">
            #{detail.id}
            {detail.recordName !== undefined && (
              <>
                {' · '}
                <bdi>{detail.recordName}</bdi>
              </>
            )}
          </p>
        </div>
        <button type="button" title="Copy as curl (c)" onClick={onCopyCurl}>
          Copy as curl
        </button>
        <button type="button" title="Replay (r)" onClick={onReplay}>
          Replay …
        </button>
      </div>
      <VerdictBanner delivery={detail} />
      <DeliveryFacts detail={detail} />
      {(detail.forward !== undefined || detail.isForwarding) && (
        <Section title="Forwarded">
          {detail.forward === undefined ? (
            <p class="muted">Pending …</p>
          ) : (
            <ForwardAnswer result={detail.forward} refusal={refusalOf(detail)} />
          )}
        </Section>
      )}
      {detail.record !== undefined && (
        <Section title="Changes">
          <RecordDiff detail={detail} onSelect={onSelect} />
        </Section>
      )}
      <Section title="Body">
        <BodyView key={detail.id} detail={detail} onCopy={onCopy} />
      </Section>
      <Section title="Headers">
        <HeadersTable detail={detail} />
      </Section>
    </article>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <section class="detail-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
