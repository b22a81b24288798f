import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { InspectorState } from './inspector-state.ts';

interface NoticeProps {
  readonly notice: InspectorState['notice'];
  readonly onOver: () => void;
}

/** Say something for a few seconds, to screen readers too. */
export function Notice({ notice, onOver }: NoticeProps): JSX.Element {
  useEffect(() => {
    if (notice === undefined) return;
    const timer = setTimeout(onOver, 4_000);
    return () => clearTimeout(timer);
  }, [notice, onOver]);
  return (
    <div class="notice" role="status">
      {notice !== undefined && <span>{notice.text}</span>}
    </div>
  );
}
