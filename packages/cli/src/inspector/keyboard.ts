/** What keys can ask for. */
export type KeyCommand =
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'pageDown'
  | 'pageUp'
  | 'open'
  | 'leave'
  | 'search'
  | 'filter'
  | 'copy'
  | 'replay'
  | 'keys';

export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Where the focus is: in the list (or nowhere), in a field that takes text or choices, on something else. */
export type FocusPlace = 'list' | 'field' | 'elsewhere';

/**
 * Find what a key asks for. Letters do nothing while somebody types and with a modifier; arrows and Enter only mean the
 * list while nothing else has the focus that needs them.
 *
 * @param hasLetters whether single letters are wanted: people who dictate turn them off
 */
export function commandOfKey(pressed: PressedKey, place: FocusPlace, hasLetters: boolean): KeyCommand | undefined {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return undefined;
  if (pressed.key === 'Escape') return 'leave';
  if (place === 'field') return undefined;
  const ofList = place === 'list' ? listKeys.get(pressed.key) : undefined;
  return ofList ?? (hasLetters ? letters.get(pressed.key) : undefined);
}

const listKeys: ReadonlyMap<string, KeyCommand> = new Map([
  ['ArrowDown', 'next'],
  ['ArrowUp', 'previous'],
  ['Home', 'first'],
  ['End', 'last'],
  ['PageDown', 'pageDown'],
  ['PageUp', 'pageUp'],
  ['Enter', 'open'],
]);

const letters: ReadonlyMap<string, KeyCommand> = new Map([
  ['j', 'next'],
  ['k', 'previous'],
  ['g', 'first'],
  ['G', 'last'],
  ['/', 'search'],
  ['f', 'filter'],
  ['c', 'copy'],
  ['r', 'replay'],
  ['?', 'keys'],
]);
