import type { JSX } from 'preact';
import type { InspectorInfo } from '../listen/inspector-api.ts';

interface EmptyStateProps {
  readonly info: InspectorInfo;
  readonly onCopy: (text: string, what: string) => void;
}

/** Nothing has come yet: tell how to send a first delivery. */
export function EmptyState({ info, onCopy }: EmptyStateProps): JSX.Element {
  const command = `npx twenty-webhooks send person.created --to ${info.receiveUrl}`;
  return (
    <div class="empty">
      <h2>No delivery yet</h2>
      <p>This page shows each one as soon as it comes. Send a first one from another terminal:</p>
      <div class="command">
        <code>{command}</code>
        <button type="button" onClick={() => onCopy(command, 'command')}>
          Copy<span class="hidden"> the command</span>
        </button>
      </div>
      <p class="muted">
        {info.hasSecret
          ? 'It signs with TWENTY_WEBHOOK_SECRET, which must be the one that listen has.'
          : 'listen runs without a secret, so nothing is verified.'}{' '}
        To get those of Twenty, let its webhook point to <code>{info.receiveUrl}</code>, or to a tunnel that ends there.
      </p>
    </div>
  );
}
