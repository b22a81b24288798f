import { vectors } from './vectors.ts';
import type { Verdicts } from './verdicts.ts';

/** What the vectors themselves say. */
export const expectedVerdicts: Readonly<Record<string, Verdicts>> = Object.fromEntries(
  vectors.map(({ name, expect, event, id }) => {
    if (expect === 'valid') {
      return [
        name,
        { receive: `handled ${event} ${id} ${id}`, fetch: `200 ${JSON.stringify({ status: 'handled', id })}` },
      ];
    }
    const status = expect.startsWith('BODY_') ? 400 : 401;
    return [name, { receive: expect, fetch: `${status} ${JSON.stringify({ error: expect })}` }];
  }),
);
