import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { DeliveryDetail } from '../listen/inspector-api.ts';
import { bodyOddities } from './body-oddities.ts';
import { formatCount } from './format-values.ts';
import { layOutJson, mostCharacters, mostLines } from './json-layout.ts';
import { JsonView } from './json-view.tsx';

interface BodyViewProps {
  readonly detail: DeliveryDetail;
  readonly onCopy: (text: string, what: string) => void;
}

/** The body of a delivery: laid out, or exactly as it came. */
export function BodyView({ detail, onCopy }: BodyViewProps): JSX.Element {
  const { body } = detail;
  const [isRawWanted, setRawWanted] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const layout = useMemo(() => layOutJson(body, isWhole), [body, isWhole]);
  const changedFields = useMemo(() => new Set(detail.updatedFields), [detail.updatedFields]);
  const isRaw = isRawWanted || layout === undefined;
  const isCut = !isWhole && (isRaw ? body.length > mostCharacters : layout.isCut);
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
      {bodyNotes(detail, layout !== undefined).map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {isRaw ? <pre class="raw">{isCut ? body.slice(0, mostCharacters) : body}</pre> : null}
      {!isRaw && layout !== undefined && <JsonView layout={layout} changedFields={changedFields} />}
      {isCut && (
        <p class="cut">
          Only the beginning is shown, {formatCount(mostLines)} lines or {formatCount(mostCharacters)} characters.{' '}
          <button type="button" onClick={() => setWhole(true)}>
            Show all
          </button>
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
