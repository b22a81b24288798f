import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { DeliveryDetail } from '../listen/inspector-api.ts';
import { bodyOddities } from './body-oddities.ts';
import { formatCount } from './format-values.ts';
import { firstLimit, lastLimit, layOutJson } from './json-layout.ts';
import { JsonView } from './json-view.tsx';

interface BodyViewProps {
  readonly detail: DeliveryDetail;
  readonly onCopy: (text: string, what: string) => void;
}

/** The body of a delivery: laid out, or exactly as it came. */
export function BodyView({ detail, onCopy }: BodyViewProps): JSX.Element {
  const { body, updatedFields } = detail;
  const [isRawWanted, setRawWanted] = useState(false);
  const [isMoreWanted, setMoreWanted] = useState(false);
  const limit = isMoreWanted ? lastLimit : firstLimit;
  const layout = useMemo(() => layOutJson(body, limit), [body, limit]);
  const notes = useMemo(() => bodyNotes(detail, layout !== undefined), [detail, layout]);
  const isRaw = isRawWanted || layout === undefined;
  const isCut = isRaw ? body.length > limit.characters : layout.isCut;
  // Thousands of lines are not compared again with what is drawn because another delivery came.
  const shown = useMemo(() => {
    if (isRaw) return <pre class="raw">{body.slice(0, limit.characters)}</pre>;
    return <JsonView lines={layout.lines} changedFields={new Set(updatedFields)} />;
  }, [isRaw, body, limit, layout, updatedFields]);
  return (
    <>
      <div class="section-tools">
        <button type="button" aria-pressed={!isRaw} disabled={layout === undefined} onClick={() => setRawWanted(false)}>
          Pretty
        </button>
        <button type="button" aria-pressed={isRaw} onClick={() => setRawWanted(true)}>
          Raw
        </button>
        <button type="button" class="quiet" onClick={() => onCopy(body, 'body')}>
          Copy<span class="hidden"> the body</span>
        </button>
      </div>
      {notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {shown}
      {isCut && (
        <p>
          Only the beginning is shown, {formatCount(limit.lines)} lines or {formatCount(limit.characters)} characters.{' '}
          {isMoreWanted ? (
            'Raw shows more lines, Copy takes all of it.'
          ) : (
            <button type="button" onClick={() => setMoreWanted(true)}>
              Show more
            </button>
          )}
        </p>
      )}
    </>
  );
}

function bodyNotes({ body, isMasked, isUtf8 }: DeliveryDetail, isJson: boolean): readonly string[] {
  return [
    ...(isMasked ? ['Secrets in this body are masked (••••••••), so it is not byte for byte what came.'] : []),
    ...(isUtf8 ? [] : ['The bytes are not UTF-8: � stands for what cannot be shown.']),
    ...(body === '' ? ['The body is empty.'] : isJson ? [] : ['This is not JSON.']),
    ...bodyOddities(body),
  ];
}
