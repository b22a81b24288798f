import { useEffect, useRef } from 'preact/hooks';
import { commandOfKey, type FocusPlace, type KeyCommand } from './keyboard.ts';
import { remembered } from './remembered.ts';

/** Do what keys ask for, anywhere on the page but in a dialog. */
export function useKeyboard(run: (command: KeyCommand) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]') !== null) return;
      const command = commandOfKey(event, placeOf(event.target), remembered('keys') !== 'off');
      if (command === undefined) return;
      event.preventDefault();
      latest.current(command);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

function placeOf(target: EventTarget | null): FocusPlace {
  if (!(target instanceof Element) || target === document.body) return 'list';
  if (target.closest('input, select, textarea') !== null) return 'field';
  return target.closest('[role=listbox]') === null ? 'elsewhere' : 'list';
}
