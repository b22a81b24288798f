import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { DeliverySummary } from '../listen/inspector-api.ts';
import { DeliveryRow, rowHeight, rowId } from './delivery-row.tsx';
import { formatCount } from './format-values.ts';
import { listWindow, scrollTopFor } from './list-window.ts';
import { newerThan } from './newer-than.ts';

interface DeliveryListProps {
  /** Those that the filter lets through, newest first. */
  readonly deliveries: readonly DeliverySummary[];
  readonly selectedId: number | undefined;
  /** When it changes, the list starts at the top again. */
  readonly filterKey: string;
  readonly nowMs: number;
  readonly listRef: RefObject<HTMLDivElement | null>;
  readonly onOpen: (id: number) => void;
}

/** The list of deliveries. Only rows in sight are in the page, so that 10,000 are as quick as ten. */
export function DeliveryList(props: DeliveryListProps): JSX.Element {
  const { deliveries, selectedId, filterKey, nowMs, listRef, onOpen } = props;
  const [view, setView] = useState({ scrollTop: 0, height: 0 });
  // The topmost row in sight, and how far it is scrolled out: it stays there when others come.
  const anchor = useRef({ id: 0, offset: 0 });
  const seenId = useRef(0);
  if (view.scrollTop <= 0) seenId.current = deliveries[0]?.id ?? seenId.current;
  const newCount = newerThan(deliveries, seenId.current);

  const readView = (): void => {
    const list = listRef.current;
    if (list === null) return;
    const { scrollTop, clientHeight } = list;
    const top = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight), deliveries.length - 1));
    anchor.current = { id: deliveries[top]?.id ?? 0, offset: scrollTop - top * rowHeight };
    setView((before) =>
      before.scrollTop === scrollTop && before.height === clientHeight ? before : { scrollTop, height: clientHeight },
    );
  };
  const latestReadView = useRef(readView);
  latestReadView.current = readView;
  const scrollTo = (scrollTop: number): void => {
    if (listRef.current !== null) listRef.current.scrollTop = scrollTop;
    readView();
  };
  const showSelected = (otherwise: number): void => {
    const list = listRef.current;
    const index = deliveries.findIndex(({ id }) => id === selectedId);
    if (list === null) return;
    scrollTo(index < 0 ? otherwise : scrollTopFor(index, rowHeight, list.scrollTop, list.clientHeight));
  };

  useLayoutEffect(() => {
    const list = listRef.current;
    if (list === null) return;
    const observer = new ResizeObserver(() => latestReadView.current());
    observer.observe(list);
    return () => observer.disconnect();
  }, [listRef]);
  // Only when rows came or went.
  useLayoutEffect(() => {
    const { id, offset } = anchor.current;
    if ((listRef.current?.scrollTop ?? 0) > 0) scrollTo(newerThan(deliveries, id) * rowHeight + offset);
    else readView();
  }, [deliveries]);
  // Only when something else was asked for.
  useLayoutEffect(() => showSelected(0), [filterKey]);
  // Only when another one was chosen.
  useLayoutEffect(() => showSelected(listRef.current?.scrollTop ?? 0), [selectedId]);

  const { first, end } = listWindow(deliveries.length, rowHeight, view.scrollTop, view.height);
  const drawn = deliveries.slice(first, end).map((delivery, place) => ({ delivery, index: first + place }));
  const selectedIndex = deliveries.findIndex(({ id }) => id === selectedId);
  const selected = deliveries[selectedIndex];
  // Screen readers are told of it also while it is out of sight.
  if (selected !== undefined && (selectedIndex < first || selectedIndex >= end)) {
    drawn.push({ delivery: selected, index: selectedIndex });
  }
  return (
    <div class="list-frame">
      {newCount > 0 && view.scrollTop > 0 && (
        <button type="button" class="new-button" onClick={() => scrollTo(0)}>
          ↑ {formatCount(newCount)} new
        </button>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys mean the list wherever the focus is, see use-keyboard.ts. */}
      <div
        ref={listRef}
        class="list"
        role="listbox"
        tabIndex={0}
        aria-label="Deliveries, newest first"
        aria-activedescendant={selected && rowId(selected.id)}
        onScroll={readView}
        // Of a screen reader, which presses no button, and once more of a mouse.
        onClick={({ target }) => {
          const id = idOfRow(target);
          if (id !== undefined) onOpen(id);
        }}
        onMouseDown={(event) => {
          const id = idOfRow(event.target);
          if (event.button !== 0 || id === undefined) return;
          // The list keeps the focus, not a row that may scroll away.
          event.preventDefault();
          listRef.current?.focus({ preventScroll: true });
          onOpen(id);
        }}
      >
        <div role="presentation" style={{ height: `${deliveries.length * rowHeight}px` }}>
          {drawn.map(({ delivery, index }) => (
            <DeliveryRow
              key={delivery.id}
              delivery={delivery}
              index={index}
              count={deliveries.length}
              isSelected={delivery.id === selectedId}
              nowMs={nowMs}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function idOfRow(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-id]') : null;
  return row === null ? undefined : Number(row.dataset.id);
}
