import type { ComponentChildren, JSX } from 'preact';
import type { DeliveryDetail } from '../listen/inspector-api.ts';
import { formatBytes } from './format-values.ts';

/** What is known of a delivery beside its event. */
export function DeliveryFacts({ detail }: { readonly detail: DeliveryDetail }): JSX.Element {
  const received = new Date(detail.receivedAtMs);
  return (
    <dl class="facts">
      <Fact name="Received">
        <time dateTime={received.toISOString()} title={received.toISOString()}>
          {received.toLocaleString()}
        </time>
      </Fact>
      <Fact name="Request">
        <code>
          {detail.method} {detail.path}
        </code>
      </Fact>
      <Fact name="Body">
        {formatBytes(detail.bytes)}
        {detail.format !== undefined && `, ${detail.format} format`}
      </Fact>
      {detail.recordId !== undefined && (
        <Fact name="Record">
          <code>{detail.recordId}</code>
        </Fact>
      )}
      {detail.eventId !== undefined && (
        <Fact name="Event id">
          <code>{detail.eventId}</code>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
