import type { Choices } from '../choices.ts';

/** The text with one character changed, left out, put in or moved; sometimes the same. */
export function textMutated(choices: Choices, text: string): string {
  const at = choices.pick([0, text.length, choices.below(text.length + 1)]);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const character = choices.pick(characters);
  switch (choices.below(6)) {
    case 0:
      return before + character + after.slice(1);
    case 1:
      return before + after.slice(1);
    case 2:
      return before + character + after;
    case 3:
      return after + before;
    case 4:
      return before + after.slice(0, 1).toUpperCase() + after.slice(1);
    default:
      return before + shifted(after.slice(0, 1)) + after.slice(1);
  }
}

/** A character whose low byte is the same. */
const shifted = (character: string): string =>
  character === '' ? '' : String.fromCharCode(character.charCodeAt(0) + 0x100);

const characters = ['0', '1', 'a', 'A', 'f', 'g', ' ', '\t', ':', '=', ',', '-', '\u0130', '\0', 'é'];
