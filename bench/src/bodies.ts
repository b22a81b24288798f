import { randomUUID } from 'node:crypto';
import { sampleEvent } from '@twenty-webhooks/testing';

export type BodySize = '1.4 kB' | '100 kB';

/** Make bodies of that size, as a Twenty server sends them, with text that is not ASCII. Each is another event of another record, in memory of its own. */
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
const changeTime = '«updatedAt»';
const recordId = '«id»';

const person = sampleEvent('person.created', {
  overrides: {
    record: {
      id: recordId,
      updatedAt: changeTime,
      searchVector: "'arc':2 'darc.example':4 'ingénieur':5 'zoe@example.com':3 'zoë':1",
    },
  },
});

const paragraph =
  'Anruf mit Zoë D’Arc: Das Angebot über 1 250 € liegt vor, Rückmeldung bis Freitag. She asked for the second engine to be listed separately, and for the delivery date to be moved to “early March”. Suite à notre échange, l’équipe prépare un avenant ✅.';
const paragraphs = Array.from({ length: 131 }, (_, index) => `${index + 1}. ${paragraph}`);
const note = sampleEvent('note.created', {
  overrides: {
    record: {
      id: recordId,
      updatedAt: changeTime,
      title: 'Gesprächsnotizen – Zoë D’Arc',
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

const templates: Record<BodySize, string[]> = {
  '1.4 kB': JSON.stringify(person).split(changeTime),
  '100 kB': JSON.stringify(note).split(changeTime),
};
