import type { JSX } from 'preact';
import type { JsonLine } from './pretty-json.ts';

interface JsonViewProps {
  readonly lines: readonly JsonLine[];
  readonly changedFields: ReadonlySet<string>;
}

/** JSON in lines and colours; fields that the event names as changed are marked. */
export function JsonView({ lines, changedFields }: JsonViewProps): JSX.Element {
  const blocks: (readonly JsonLine[])[] = [];
  for (let start = 0; start < lines.length; start += blockLines) blocks.push(lines.slice(start, start + blockLines));
  return (
    <div class="json">
      {blocks.map((block, index) => (
        <div class="json-block" key={index}>
          {block.map((line, place) => (
            <JsonLineView
              key={place}
              line={line}
              isChanged={line.field !== undefined && changedFields.has(line.field)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

// The browser lays a block out when it comes into sight.
const blockLines = 200;

function JsonLineView({ line, isChanged }: { readonly line: JsonLine; readonly isChanged: boolean }): JSX.Element {
  // Deeper ones stay there, or nothing would be left of the width.
  const indent = { paddingInlineStart: `${Math.min(line.depth, 24) * 2 + 4}ch` };
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
