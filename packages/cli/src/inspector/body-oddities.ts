/** Name what cannot be seen in a body and breaks signatures: Twenty sends compact JSON with nothing around it. */
export function bodyOddities(body: string): readonly string[] {
  return [
    ...(body.startsWith('\ufeff') ? ['It starts with a byte order mark, which Twenty does not send.'] : []),
    ...(/^\s*[[{]\s*\n/.test(body) ? ['It is spread over lines; Twenty sends compact JSON.'] : []),
    ...(/[\r\n]$/.test(body) ? ['It ends with a line break, which Twenty does not send.'] : []),
  ];
}
