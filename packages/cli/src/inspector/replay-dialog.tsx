import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { InspectorInfo, ReplayRequest, ReplayResult } from '../listen/inspector-api.ts';
import { replayDelivery } from './api.ts';
import { ForwardAnswer } from './forward-answer.tsx';
import { Modal } from './modal.tsx';
import { remember, remembered } from './remembered.ts';
import { type ReplayedDelivery, replayRefusal } from './replay-refusal.ts';

interface ReplayDialogProps {
  readonly delivery: ReplayedDelivery;
  readonly info: InspectorInfo | undefined;
  readonly onClose: () => void;
}

type Progress =
  | 'waiting'
  | { readonly result: ReplayResult; readonly refusal: string | undefined }
  | { readonly error: string }
  | undefined;

/** Send a delivery once more, to any URL. */
export function ReplayDialog({ delivery, info, onClose }: ReplayDialogProps): JSX.Element {
  const [url, setUrl] = useState(() => info?.forwardUrl ?? remembered('replay-url') ?? '');
  const [sign, setSign] = useState<ReplayRequest['sign']>('original');
  const [progress, setProgress] = useState<Progress>();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const canSign = info?.hasSecret === true;
  const send = async (): Promise<void> => {
    setProgress('waiting');
    try {
      const refusal = replayRefusal(delivery, sign, Date.now());
      const result = await replayDelivery(delivery.id, { url, sign });
      remember('replay-url', withoutCredentials(url));
      setProgress({ result, refusal });
    } catch (error) {
      setProgress({ error: (error as Error).message });
    }
  };
  return (
    <Modal title={`Replay delivery #${delivery.id}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          URL
          <input
            ref={field}
            type="url"
            required
            spellcheck={false}
            placeholder="http://localhost:3000/webhooks/twenty"
            value={url}
            onInput={({ currentTarget }) => setUrl(currentTarget.value)}
          />
        </label>
        <fieldset>
          <legend>Signature</legend>
          <label class="choice">
            <input type="radio" name="sign" checked={sign === 'original'} onChange={() => setSign('original')} />
            <span>
              Original bytes and headers
              {delivery.scheme === 'timestamped' && (
                <small>Its timestamp stays as it is: a receiver refuses it when it is more than 5 minutes old.</small>
              )}
            </span>
          </label>
          <label class="choice">
            <input
              type="radio"
              name="sign"
              disabled={!canSign}
              checked={sign === 'fresh'}
              onChange={() => setSign('fresh')}
            />
            <span>
              Same body, freshly signed
              {!canSign && <small>Not possible: listen runs without a secret.</small>}
            </span>
          </label>
        </fieldset>
        <div class="modal-actions">
          <button type="submit" class="primary" disabled={progress === 'waiting'}>
            {progress === 'waiting' ? 'Sending …' : 'Send'}
          </button>
        </div>
      </form>
      <div aria-live="polite">
        {typeof progress === 'object' && 'result' in progress && (
          <ForwardAnswer result={progress.result} refusal={progress.refusal} />
        )}
        {typeof progress === 'object' && 'error' in progress && <p class="bad">✗ {progress.error}</p>}
      </div>
    </Modal>
  );
}

/** A password is not for the browser to keep. */
function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
