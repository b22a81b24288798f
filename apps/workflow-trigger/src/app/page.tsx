'use client';
import { useEffect, useState } from 'react';
import type { Row } from './api/runs/route.ts';

export default function Page() {
  const [view, setView] = useState<{ runs: Row[][]; isOld: boolean }>({ runs: [], isOld: false });
  useEffect(() => {
    // Each answer is a new view, and a second after it this asks again. Without an answer the old rows stay.
    const timer = setTimeout(async () => {
      const ask = fetch('/api/runs', { signal: AbortSignal.timeout(10_000) });
      const runs = await ask.then((answer) => answer.ok && answer.json()).catch(() => undefined);
      setView({ runs: runs || view.runs, isOld: !runs });
    }, 1_000);
    return () => clearTimeout(timer);
  }, [view]);
  return (
    <main>
      <title>Workflow runs</title>
      <h1>Workflow runs</h1>
      <p role="status">{view.isOld && 'The server does not answer: what stands here may be old.'}</p>
      <table aria-label="Workflow runs, each with its steps">
        <thead>
          <tr>
            <th scope="col">Run, and its steps</th>
            <th scope="col">State</th>
            <th scope="col">Started</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        {view.runs.map((rows) => (
          <tbody key={rows[0]?.id}>
            {rows.map(({ id, name, state, startedAt, note }) => (
              <tr key={id} className={state}>
                <th scope="row">{name}</th>
                <td>{state}</td>
                <td>{startedAt && new Date(startedAt).toLocaleString()}</td>
                <td>{note}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </main>
  );
}
