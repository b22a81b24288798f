import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Modal } from './modal.tsx';

interface CopyDialogProps {
  readonly text: string;
  readonly onClose: () => void;
}

/** Offer text to be copied by hand, since the browser keeps the clipboard to itself. */
export function CopyDialog({ text, onClose }: CopyDialogProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <Modal title="Copy this" onClose={onClose}>
      <p>The browser does not give access to the clipboard. Press Ctrl+C or ⌘C: the text is selected.</p>
      <textarea ref={field} class="copy" readOnly rows={12} spellcheck={false} aria-label="Text to copy" value={text} />
    </Modal>
  );
}
