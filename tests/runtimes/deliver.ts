import { vectors } from './vectors.ts';
import { answerText } from './verdicts.ts';

/** Send every vector to a server on this machine, each to the path of its number; returns the answers by name. */
export async function deliverAll(port: number): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [index, { name, headers, body }] of vectors.entries()) {
    const response = await fetch(`http://127.0.0.1:${port}/${index}`, { method: 'POST', headers, body });
    answers[name] = await answerText(response);
  }
  return answers;
}
