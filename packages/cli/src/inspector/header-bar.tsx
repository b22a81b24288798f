import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { InspectorState } from './inspector-state.ts';
import { applyTheme, rememberedTheme, themes } from './theme.ts';

interface HeaderBarProps {
  readonly info: InspectorState['info'];
  readonly connection: InspectorState['connection'];
  readonly onCopy: (text: string, what: string) => void;
  readonly onKeys: () => void;
}

/** Where deliveries come in and go on to, whether the page is live, and what changes the page itself. */
export function HeaderBar({ info, connection, onCopy, onKeys }: HeaderBarProps): JSX.Element {
  return (
    <header class="header-bar">
      <h1>
        Twenty webhooks <span class="muted">inspector</span>
      </h1>
      {info !== undefined && (
        <p class="addresses">
          <code title={info.receiveUrl}>{info.receiveUrl}</code>
          <button type="button" class="quiet" onClick={() => onCopy(info.receiveUrl, 'URL')}>
            Copy<span class="hidden"> the URL that receives</span>
          </button>
          {info.forwardUrl !== undefined && (
            <span class="forwards">
              → <code title={info.forwardUrl}>{info.forwardUrl}</code>
            </span>
          )}
          {!info.hasSecret && <span class="unsigned">? unsigned: nothing is verified</span>}
        </p>
      )}
      <span class={`connection ${connection}`} role="status">
        {connections[connection]}
      </span>
      <ThemeButton />
      <button type="button" class="quiet" aria-label="Keys" title="Keys (?)" onClick={onKeys}>
        ?
      </button>
    </header>
  );
}

const connections = { connecting: '… connecting', live: '● live', lost: '○ reconnecting …' } as const;

function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState(rememberedTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
  return (
    <button
      type="button"
      class="quiet"
      title={`Change to ${next}`}
      onClick={() => {
        applyTheme(next);
        setTheme(next);
      }}
    >
      Theme: {theme}
    </button>
  );
}
