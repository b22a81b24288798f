import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DeliveryDetail } from '../listen/inspector-api.ts';
import { formatCount } from './format-values.ts';
import { type RecordChange, recordChanges } from './record-changes.ts';

interface RecordDiffProps {
  readonly detail: DeliveryDetail;
  readonly onSelect: (id: number) => void;
}

/** How a record differs from the version that came before it. */
export function RecordDiff({ detail, onSelect }: RecordDiffProps): JSX.Element {
  const { record, previous, updatedFields } = detail;
  const changes = useMemo(
    () => (record === undefined || previous === undefined ? [] : recordChanges(previous.record, record, updatedFields)),
    [record, previous, updatedFields],
  );
  const link = previous && (
    <button type="button" class="link" onClick={() => onSelect(previous.deliveryId)}>
      delivery #{previous.deliveryId}
    </button>
  );
  return (
    <>
      {updatedFields.length > 0 && <NamedFields names={updatedFields} />}
      {link === undefined ? (
        <p class="muted">No earlier version of this record came here, so there is nothing to compare with.</p>
      ) : changes === undefined ? (
        <p class="muted">The record is nested too deep to be compared with {link}.</p>
      ) : changes.length === 0 ? (
        <p class="muted">The record is the same as in {link}.</p>
      ) : (
        <ChangesTable changes={changes} link={link} />
      )}
    </>
  );
}

function NamedFields({ names }: { readonly names: readonly string[] }): JSX.Element {
  const more = names.length - mostNames;
  return (
    <p class="muted">
      Fields that the event names as changed: <b>{shorten(names.slice(0, mostNames).join(', '))}</b>
      {more > 0 && ` and ${formatCount(more)} more`}
    </p>
  );
}

interface ChangesTableProps {
  readonly changes: readonly RecordChange[];
  readonly link: JSX.Element;
}

function ChangesTable({ changes, link }: ChangesTableProps): JSX.Element {
  return (
    <>
      <table class="diff">
        <caption>Compared with {link}</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.slice(0, mostRows).map((change) => (
            <ChangeRow key={change.path} change={change} />
          ))}
        </tbody>
      </table>
      {changes.length > mostRows && <p class="muted">and {formatCount(changes.length - mostRows)} more</p>}
    </>
  );
}

const mostNames = 50;
const mostRows = 200;

function ChangeRow({ change }: { readonly change: RecordChange }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        {shorten(change.path)}
        {change.isUnannounced && <small>not named by this event: did one get lost in between?</small>}
      </th>
      <td>{change.before === undefined ? <i>not there</i> : <del>{shorten(change.before)}</del>}</td>
      <td>{change.after === undefined ? <i>gone</i> : <ins>{shorten(change.after)}</ins>}</td>
    </tr>
  );
}

const shorten = (text: string): string => (text.length > 1_000 ? `${text.slice(0, 1_000)} …` : text);
