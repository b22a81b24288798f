/** Read what `remember` kept in this browser. `undefined` also where the browser keeps nothing. */
export function remembered(name: RememberedName): string | undefined {
  try {
    return localStorage.getItem(prefix + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: RememberedName, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // It holds for this visit, then.
  }
}

type RememberedName = 'theme' | 'replay-url' | 'keys';
const prefix = 'twenty-webhooks.';
