/** All in Slack's markup, but `name`, which is as it stands in the CRM; facts without a value are left out. */
type Parts = {
  title: string;
  name: string;
  facts: Readonly<Record<string, string | undefined>>;
  link: string | undefined;
};
export type Message = ReturnType<typeof toMessage>;

/** Make the blocks that the channel shows, and the text for notifications and screen readers. */
export function toMessage({ title, name, facts, link }: Parts) {
  const who = toMarkup(name) ?? '(no name)';
  const fields = Object.entries(facts).flatMap(([label, value]) => (value ? [mrkdwn(`*${label}*\n${value}`)] : []));
  const blocks = [
    { type: 'section', text: mrkdwn(`*${title}:* ${who}`) } as const,
    ...(fields.length > 0 ? [{ type: 'section', fields } as const] : []),
    ...(link ? [{ type: 'context', elements: [mrkdwn(link)] } as const] : []),
  ];
  return { text: `${title}: ${who}`, blocks };
}

/**
 * Make text of the CRM harmless: one line, not too long, and `<!channel>` or `<https://evil|good>` is what it looks like, no
 * mention and no link. `undefined` for what is empty, or no text.
 */
export function toMarkup(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const characters = [...text.replace(unseen, ' ').trim()];
  // Cut first: half an entity would be shown as it is. 250 are at most 1,250 in markup, and Slack takes 2,000.
  const cut = characters.length > 250 ? `${characters.slice(0, 249).join('')}…` : characters.join('');
  return cut.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;') || undefined;
}

/** A link to a record in Twenty; `undefined` if its id, which is the sender's text, too, is none. */
export const toLink = (twentyUrl: string, object: string, id: unknown, label = 'Open in Twenty') =>
  /^[\w-]{1,64}$/.test(String(id)) ? `<${twentyUrl}/object/${object}/${id}|${label}>` : undefined;

/** Line ends, control characters, halves of characters, and what turns the direction of text around. */
const unseen = /[\s\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+/gu;

/** `verbatim`: Slack makes no links and mentions of its own out of plain text. */
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
