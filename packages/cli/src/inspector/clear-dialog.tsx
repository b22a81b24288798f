import type { JSX } from 'preact';
import { formatCount } from './format-values.ts';
import { Modal } from './modal.tsx';

interface ClearDialogProps {
  readonly count: number;
  readonly onClear: () => void;
  readonly onClose: () => void;
}

/** Ask before everything is forgotten. */
export function ClearDialog({ count, onClear, onClose }: ClearDialogProps): JSX.Element {
  return (
    <Modal title="Forget all deliveries?" onClose={onClose}>
      <p>
        {count === 1 ? 'The one delivery' : `All ${formatCount(count)} deliveries`} of this inspector will be gone for
        good, those that the filter hides too. What your receiver stored stays.
      </p>
      <div class="modal-actions">
        <button type="button" onClick={onClose}>
          Keep them
        </button>
        <button type="button" class="danger" onClick={onClear}>
          Forget all
        </button>
      </div>
    </Modal>
  );
}
