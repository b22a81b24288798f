/** Find the word that takes the fewest changes of one letter to get to, if it takes at most `limit`. The first wins. */
export function nearest(word: string, candidates: readonly string[], limit: number): string | undefined {
  let found: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    const changes = changesBetween(word.toLowerCase(), candidate.toLowerCase());
    if (found === undefined ? changes <= limit : changes < least) {
      found = candidate;
      least = changes;
    }
  }
  return found;
}

/** Levenshtein's distance: how many letters have to be added, left out or replaced. */
export function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
