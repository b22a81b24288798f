import type { JSX } from 'preact';
import type { JsonLayout } from './json-layout.ts';
import { fieldOfPath, type JsonLine } from './pretty-json.ts';

interface JsonViewProps {
  readonly layout: JsonLayout;
  readonly changedFields: ReadonlySet<string>;
}

/** JSON in lines and colours; fields that the event names as changed are marked. */
export function JsonView({ layout, changedFields }: JsonViewProps): JSX.Element {
  const blocks: JsonLine[][] = [];
  for (let start = 0; start < layout.lines.length; start += blockLines) {
    blocks.push(layout.lines.slice(start, start + blockLines));
  }
  return (
    <div class="json">
      {blocks.map((lines, index) => (
        <div class="json-block" key={index}>
          {lines.map((line, place) => (
            <JsonLineView key={place} line={line} isChanged={isChanged(line, changedFields)} />
          ))}
        </div>
      ))}
    </div>
  );
}

// The browser lays a block out when it comes into sight.
const blockLines = 200;

function isChanged({ path }: JsonLine, changedFields: ReadonlySet<string>): boolean {
  const field = fieldOfPath(path);
  return field !== undefined && changedFields.has(field);
}

function JsonLineView({ line, isChanged }: { readonly line: JsonLine; readonly isChanged: boolean }): JSX.Element {
  const indent = { paddingInlineStart: `${line.depth * 2 + 4}ch` };
  const tokens = line.tokens.map((token, index) => (
    <span key={index} class={`json-${token.kind}`}>
      {token.text}
    </span>
  ));
  if (!isChanged) {
    return (
      <div class="json-line" style={indent}>
        {tokens}
      </div>
    );
  }
  return (
    <div class="json-line changed" style={indent}>
      <span class="changed-mark" title="changed">
        <span aria-hidden="true">±</span>
        <span class="hidden">changed: </span>
      </span>
      {tokens}
    </div>
  );
}
