import type { JSX } from 'preact';
import type { DeliveryDetail } from '../listen/inspector-api.ts';
import { headerNote } from './header-note.ts';

/** The headers as they came; what they mean where it helps. */
export function HeadersTable({ detail }: { readonly detail: DeliveryDetail }): JSX.Element {
  return (
    <table class="headers">
      <thead class="hidden">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {detail.headers.map(([name, value], index) => {
          const note = headerNote(name, value, detail.receivedAtMs);
          return (
            <tr key={index}>
              <th scope="row">{name}</th>
              <td>
                {value}
                {note !== undefined && <small>{note}</small>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
