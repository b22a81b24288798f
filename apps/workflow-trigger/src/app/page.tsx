'use client';
import { useEffect, useState } from 'react';
import type { Row } from './api/runs/route.ts';

export default function Page() {
  const [runs, setRuns] = useState<Row[][]>([]);
  useEffect(() => {
    const read = async () => setRuns(await (await fetch('/api/runs')).json());
    const timer = setInterval(() => read().catch(() => {}), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <main>
      <title>Workflow runs</title>
      <h1>Workflow runs</h1>
      <table>
        <thead>
          <tr>
            <th scope="col">Run, and its steps</th>
            <th scope="col">State</th>
            <th scope="col">Started</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        {runs.map((rows) => (
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
