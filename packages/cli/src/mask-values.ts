import { masked } from './mask-secrets.ts';

/** Mask these values in a text: as they are, trimmed, or escaped as in JSON or a URL. */
export function maskValues(text: string, values: readonly string[]): string {
  const forms = new Set(values.flatMap((value) => [value, value.trim()]).flatMap(escapedForms));
  // Of two that begin alike the longer one; those of one or two characters would take every text apart.
  const longestFirst = [...forms].filter((form) => form.length > 2).sort((a, b) => b.length - a.length);
  return longestFirst.reduce((shown, form) => shown.replaceAll(form, masked), text);
}

function escapedForms(value: string): readonly string[] {
  // Half a surrogate pair, which has no URL form, becomes a replacement character.
  const inUrl = encodeURIComponent(Buffer.from(value).toString());
  return [value, JSON.stringify(value).slice(1, -1), inUrl, inUrl.replaceAll('%20', '+')];
}
