export type JsonObject = { readonly [name: string]: unknown };

/** Whether Slack would take these blocks, as far as the usual mistakes go: types, kinds of text, lengths. */
export function isValidBlocks(blocks: unknown): blocks is readonly JsonObject[] {
  return Array.isArray(blocks) && blocks.length <= 50 && blocks.every(isBlock);
}

function isBlock(block: unknown): boolean {
  const { type, text, fields, elements, block_id: id } = toObject(block);
  if (id !== undefined && !(typeof id === 'string' && id.length <= 255)) return false;
  switch (type) {
    case 'header':
      return isText(text, ['plain_text'], 150);
    case 'section':
      if (text === undefined && fields === undefined) return false;
      return (text === undefined || isText(text, anyText, 3_000)) && (fields === undefined || isFields(fields));
    case 'context':
      return isList(elements, 10) && elements.every((element) => isImage(element) || isText(element, anyText, 3_000));
    default:
      // Of others only the types are known here.
      return typeof type === 'string' && otherTypes.includes(type);
  }
}

const otherTypes = ['divider', 'actions', 'image', 'rich_text', 'video', 'markdown'];
const anyText = ['plain_text', 'mrkdwn'];

function isText(value: unknown, types: readonly unknown[], maxLength: number): boolean {
  const { type, text, verbatim, emoji } = toObject(value);
  if (!types.includes(type) || typeof text !== 'string' || text.length < 1 || text.length > maxLength) return false;
  // Each belongs to one kind of text only.
  return type === 'mrkdwn' ? emoji === undefined : verbatim === undefined;
}

const isFields = (fields: unknown): boolean =>
  isList(fields, 10) && fields.every((field) => isText(field, anyText, 2_000));

const isImage = (element: unknown): boolean => toObject(element).type === 'image';

const isList = (value: unknown, maxLength: number): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= maxLength;

const toObject = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null ? (value as JsonObject) : {};
