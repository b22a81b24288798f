import type { JSX } from 'preact';

interface NoMatchProps {
  readonly isSearching: boolean;
  readonly onReset: () => void;
}

/** There are deliveries, and the filter hides them all. */
export function NoMatch({ isSearching, onReset }: NoMatchProps): JSX.Element {
  return (
    <div class="no-match">
      <p>{isSearching ? 'Searching …' : 'No delivery fits.'}</p>
      <button type="button" onClick={onReset}>
        Show all
      </button>
    </div>
  );
}
