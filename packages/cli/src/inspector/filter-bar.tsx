import type { JSX, RefObject } from 'preact';
import { type DeliveryFilter, verdictFilters } from './delivery-filter.ts';
import { formatCount } from './format-values.ts';

interface FilterBarProps {
  readonly filter: DeliveryFilter;
  readonly eventNames: readonly string[];
  readonly shown: number;
  readonly total: number;
  /** How many more the server keeps. */
  readonly olderCount: number;
  readonly isSearching: boolean;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly onFilter: (filter: Partial<DeliveryFilter>) => void;
  readonly onClear: () => void;
}

/** Search, filters, and how many deliveries are left of them. */
export function FilterBar(props: FilterBarProps): JSX.Element {
  const { filter, eventNames, shown, total, olderCount, isSearching, searchRef, onFilter, onClear } = props;
  // The one that the address names may not have come yet.
  const names = filter.event === '' || eventNames.includes(filter.event) ? eventNames : [filter.event, ...eventNames];
  return (
    <search class="filter-bar">
      <input
        ref={searchRef}
        type="search"
        aria-label="Search deliveries, bodies and headers too"
        placeholder="Search event, record, id, code, body …"
        spellcheck={false}
        autocomplete="off"
        value={filter.text}
        onInput={({ currentTarget }) => onFilter({ text: currentTarget.value })}
      />
      <fieldset class="segments" id="verdict-filter">
        <legend class="hidden">Verdict</legend>
        {verdictFilters.map((verdict) => (
          <label key={verdict}>
            <input
              type="radio"
              name="verdict"
              class="hidden"
              checked={filter.verdict === verdict}
              onChange={() => onFilter({ verdict })}
            />
            <span class="segment">{verdict}</span>
          </label>
        ))}
      </fieldset>
      <div class="filter-line">
        <select
          aria-label="Event"
          value={filter.event}
          onChange={({ currentTarget }) => onFilter({ event: currentTarget.value })}
        >
          <option value="">all events</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <span class="muted" role="status">
          {formatCount(shown)} of {formatCount(total)}
          {olderCount > 0 && ` · ${formatCount(olderCount)} older not loaded`}
          {isSearching && ' · searching bodies …'}
        </span>
        <button type="button" class="quiet" disabled={total === 0} onClick={onClear}>
          Clear all
        </button>
      </div>
    </search>
  );
}
