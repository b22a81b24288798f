import { randomUUID } from 'node:crypto';
import { sampleEvent } from '@twenty-webhooks/testing';

export const bodySizes = ['1.4 kB', '9 kB', '100 kB', '100 kB ASCII', '1 MB'] as const;

export type BodySize = (typeof bodySizes)[number];

/** Make bodies of that size, as a Twenty server sends them, with text that is not ASCII unless it says so. Each is another event of another record, in memory of its own. */
export function makeBodies(size: BodySize, count: number): Buffer[] {
  return Array.from({ length: count }, () => {
    made++;
    const body = templates[size].join(new Date(epochMs + made).toISOString());
    return Buffer.from(body.replaceAll(recordId, randomUUID()));
  });
}

let made = 0;
const epochMs = Date.parse('2026-11-23T15:35:03.387Z');

// The time of the change tells events apart; the text is cut where it stands.
const changeTime = '{updatedAt}';
const recordId = '{id}';

const person = (custom: object = {}): object =>
  sampleEvent('person.created', {
    overrides: {
      record: {
        id: recordId,
        updatedAt: changeTime,
        searchVector: "'arc':2 'darc.example':4 'ingénieur':5 'zoe@example.com':3 'zoë':1",
        ...custom,
      },
    },
  });

/** What a workspace of some years has: fields of its own, of every kind. */
function customFields(count: number): object {
  const kinds = [
    (index: number) => `Réponse n° ${index} de Zoë: à rappeler après l’été`,
    (index: number) => index * 1.25,
    (index: number) => ({ amountMicros: index * 1_000_000, currencyCode: 'EUR' }),
    (index: number) => ['OPTION_A', 'OPTION_B', `OPTION_${index}`],
    () => '2026-11-23T15:35:03.387Z',
    (index: number) => ({ primaryLinkUrl: `https://example.com/${index}`, primaryLinkLabel: '', secondaryLinks: [] }),
    () => null,
    (index: number) => index % 2 === 0,
  ];
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`customField${index}`, kinds[index % kinds.length]?.(index)]),
  );
}

const paragraph =
  'Anruf mit Zoë D’Arc: Das Angebot über 1 250 € liegt vor, Rückmeldung bis Freitag. She asked for the second engine to be listed separately, and for the delivery date to be moved to “early March”. Suite à notre échange, l’équipe prépare un avenant ✅.';
const asciiParagraph =
  'Call with Zoe Darc: The offer of EUR 1250 is there, an answer is promised until Friday. She asked for the second engine to be listed separately, and for the delivery date to be moved to "early March". After our call, the team prepares an amendment, see https://example.com/offers/1250.';

/** A note: the same text for the editor, as JSON in a string, and as Markdown. */
function note(title: string, text: string, count: number): object {
  const paragraphs = Array.from({ length: count }, (_, index) => `${index + 1}. ${text}`);
  return sampleEvent('note.created', {
    overrides: {
      record: {
        id: recordId,
        updatedAt: changeTime,
        title,
        bodyV2: {
          blocknote: JSON.stringify(
            paragraphs.map((text, index) => ({
              id: `b${index}`,
              type: 'paragraph',
              props: { textColor: 'default', backgroundColor: 'default', textAlignment: 'left' },
              content: [{ type: 'text', text, styles: {} }],
              children: [],
            })),
          ),
          markdown: paragraphs.join('\n\n'),
        },
      },
    },
  });
}

const split = (event: object): string[] => JSON.stringify(event).split(changeTime);

const templates: Record<BodySize, string[]> = {
  '1.4 kB': split(person()),
  '9 kB': split(person(customFields(150))),
  '100 kB': split(note('Gesprächsnotizen – Zoë D’Arc', paragraph, 131)),
  // Names of samples have umlauts.
  '100 kB ASCII': split(note('Notes of a call - Zoe Darc', asciiParagraph, 123)).map((part) =>
    part.replaceAll(/[^\0-\x7f]/g, 'e'),
  ),
  '1 MB': split(note('Gesprächsnotizen – Zoë D’Arc', paragraph, 1_310)),
};
