import type { JSX } from 'preact';
import { clearDeliveries } from './api.ts';
import { ClearDialog } from './clear-dialog.tsx';
import { CopyDialog } from './copy-dialog.tsx';
import type { Dispatch, InspectorState } from './inspector-state.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';

interface DialogsProps {
  readonly state: InspectorState;
  readonly dispatch: Dispatch;
}

/** The dialog that is open, if one is. */
export function Dialogs({ state, dispatch }: DialogsProps): JSX.Element | null {
  const { dialog, dialogNumber: number, deliveries = [], olderCount, info } = state;
  const onClose = (): void => dispatch({ type: 'dialogClosed', number });
  switch (dialog?.name) {
    case undefined:
      return null;
    case 'keys':
      return <KeysDialog key={number} onClose={onClose} />;
    case 'copy':
      return <CopyDialog key={number} text={dialog.text} onClose={onClose} />;
    case 'replay':
      return <ReplayDialog key={number} delivery={dialog.delivery} info={info} onClose={onClose} />;
    case 'clear': {
      const onClear = async (): Promise<void> => {
        onClose();
        try {
          await clearDeliveries();
          dispatch({ type: 'cleared' });
          dispatch({ type: 'told', text: '✓ All deliveries are forgotten' });
        } catch (error) {
          dispatch({ type: 'told', text: `✗ ${(error as Error).message}` });
        }
      };
      const count = deliveries.length + olderCount;
      return <ClearDialog key={number} count={count} onClear={() => void onClear()} onClose={onClose} />;
    }
  }
}
