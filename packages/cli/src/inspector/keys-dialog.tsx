import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Modal } from './modal.tsx';
import { remember, remembered } from './remembered.ts';

/** What the keys do, and a way to turn the letters off. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [hasLetters, setHasLetters] = useState(remembered('keys') !== 'off');
  return (
    <Modal title="Keys" onClose={onClose}>
      <table class="keys">
        <tbody>
          {keys.map(([names, meaning]) => (
            <tr key={meaning}>
              <th scope="row">
                {names.map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </th>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="choice">
        <input
          type="checkbox"
          checked={hasLetters}
          onChange={({ currentTarget }) => {
            setHasLetters(currentTarget.checked);
            remember('keys', currentTarget.checked ? 'on' : 'off');
          }}
        />
        Letters work (turn them off if you dictate to the browser)
      </label>
    </Modal>
  );
}

const keys: readonly (readonly [names: readonly string[], meaning: string])[] = [
  [['j', '↓'], 'next delivery'],
  [['k', '↑'], 'previous delivery'],
  [['g', 'Home'], 'newest'],
  [['G', 'End'], 'oldest'],
  [['Enter'], 'go to the details'],
  [['Esc'], 'back to the list'],
  [['/'], 'search'],
  [['f'], 'filter'],
  [['c'], 'copy as curl'],
  [['r'], 'replay'],
  [['?'], 'these keys'],
];
