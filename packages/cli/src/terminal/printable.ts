/**
 * Make text from outside safe to print: control characters, which could move the cursor, colour or rename the terminal,
 * become visible (`\x1b`), line breaks and tabs too; so do those that turn the direction of text around (`\u202e`).
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const hex = character.charCodeAt(0).toString(16);
    return hex.length > 2 ? `\\u${hex}` : `\\x${hex.padStart(2, '0')}`;
  });
}

// C0, DEL and C1; marks, embeddings, overrides and isolates of bidirectional text; line and paragraph separator.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
