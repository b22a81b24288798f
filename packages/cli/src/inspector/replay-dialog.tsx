import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeliverySummary, InspectorInfo, ReplayRequest, ReplayResult } from '../listen/inspector-api.ts';
import { replayDelivery } from './api.ts';
import { ForwardAnswer } from './forward-answer.tsx';
import { refusalOf } from './forward-verdict.ts';
import { Modal } from './modal.tsx';
import { remember, remembered } from './remembered.ts';

interface ReplayDialogProps {
  readonly delivery: DeliverySummary;
  readonly info: InspectorInfo | undefined;
  readonly onClose: () => void;
}

type Progress =
  | 'waiting'
  | { readonly result: ReplayResult; readonly sign: ReplayRequest['sign'] }
  | { readonly error: string }
  | undefined;

/** Send a delivery once more, to any URL. */
export function ReplayDialog({ delivery, info, onClose }: ReplayDialogProps): JSX.Element {
  const [url, setUrl] = useState(() => remembered('replay-url') ?? info?.forwardUrl ?? '');
  const [sign, setSign] = useState<ReplayRequest['sign']>('original');
  const [progress, setProgress] = useState<Progress>();
  const canSign = info?.hasSecret === true;
  const send = async (): Promise<void> => {
    setProgress('waiting');
    try {
      const result = await replayDelivery(delivery.id, { url, sign });
      remember('replay-url', url);
      setProgress({ result, sign });
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
          <ForwardAnswer
            result={progress.result}
            refusal={progress.sign === 'original' ? refusalOf(delivery) : undefined}
          />
        )}
        {typeof progress === 'object' && 'error' in progress && <p class="bad">✗ {progress.error}</p>}
      </div>
    </Modal>
  );
}
