import { readFileSync } from 'node:fs';

/** Of an interface. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly defaultValue: string | undefined;
}

/** Make a Markdown table of an interface's members: what stands in the docstrings is the one source. */
export function interfaceTable(file: URL, interfaceName: string): string {
  const members = membersOf(file, interfaceName);
  const hasDefaults = members.some(({ defaultValue }) => defaultValue !== undefined);
  const rows = members.map(({ name, type, text, defaultValue }) => [
    `\`${name}\``,
    `\`${type}\``,
    ...(hasDefaults ? [defaultValue === undefined ? '' : `\`${defaultValue}\``] : []),
    text,
  ]);
  return table(['name', 'type', ...(hasDefaults ? ['default'] : []), 'what'], rows);
}

/** Make a Markdown table. A `|` in a cell would end it, also inside code. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The members of an interface that a file declares, with what their docstrings say. */
export function membersOf(file: URL, interfaceName: string): readonly Member[] {
  const source = readFileSync(file, 'utf8');
  const [, body] =
    new RegExp(`^(?:export )?interface ${interfaceName}\\b[\\s\\S]*?\\{\n([\\s\\S]*?)^\\}`, 'm').exec(source) ?? [];
  if (body === undefined) throw new Error(`There is no interface ${interfaceName}.`);
  const members = [
    ...body.matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+)?^ {2}(?:readonly )?(\w+)\??: ([\s\S]+?);$/gm),
  ].map(([, docstring = '', name = '', type = '']) => toMember(name, type, docstring));
  // A member in a form that the pattern does not know must not get lost.
  const lines = body.split('\n').filter((line) => /^ {2}\w/.test(line)).length;
  if (members.length !== lines) throw new Error(`${interfaceName}: ${lines} members, ${members.length} understood.`);
  return members;
}

function toMember(name: string, type: string, docstring: string): Member {
  const words = docstring
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const [text = '', defaultValue] = words.split(/\s*@default /);
  return { name, type: simplify(type), text, defaultValue };
}

/** Leave out what only the compiler wants: `| undefined`, `readonly`, type arguments and their T, needless parentheses. */
function simplify(type: string): string {
  let simple = type.replace(/ \| undefined$/, '').replaceAll('readonly ', '');
  while (/<[^<>]*>/.test(simple)) simple = simple.replace(/<[^<>]*>/, '');
  return simple.replace(/\bT(?=[A-Z])/g, '').replace(/^\((\(.*\) => \w+)\)$/, '$1');
}
