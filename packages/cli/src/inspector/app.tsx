import type { JSX } from 'preact';
import { useCallback, useMemo, useReducer, useRef } from 'preact/hooks';
import { eventNames, filterDeliveries, noFilter } from './delivery-filter.ts';
import { DeliveryList } from './delivery-list.tsx';
import { DeliveryView } from './delivery-view.tsx';
import { Dialogs } from './dialogs.tsx';
import { EmptyState } from './empty-state.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { FilterBar } from './filter-bar.tsx';
import { HeaderBar } from './header-bar.tsx';
import { type InspectorState, initialState, reduce } from './inspector-state.ts';
import { parseHash } from './location-hash.ts';
import { NoMatch } from './no-match.tsx';
import { Notice } from './notice.tsx';
import { useActions } from './use-actions.ts';
import { useBodySearch } from './use-body-search.ts';
import { useDetail } from './use-detail.ts';
import { useKeyboard } from './use-keyboard.ts';
import { useLocationHash } from './use-location-hash.ts';
import { useNow } from './use-now.ts';
import { useStream } from './use-stream.ts';

/** The inspector: the list of deliveries beside one of them in detail. */
export function App(): JSX.Element {
  const [state, dispatch] = useReducer(reduce, initialState, startHere);
  const { info, deliveries, filter, selectedId } = state;
  const nowMs = useNow();
  const places = {
    list: useRef<HTMLDivElement>(null),
    detail: useRef<HTMLElement>(null),
    search: useRef<HTMLInputElement>(null),
  };
  useStream(dispatch);
  useLocationHash(state, dispatch);
  const search = useBodySearch(filter.text, deliveries?.[0]?.id);
  const shown = useMemo(
    () => filterDeliveries(deliveries ?? [], filter, search.matches),
    [deliveries, filter, search.matches],
  );
  const names = useMemo(() => eventNames(deliveries ?? []), [deliveries]);
  const summary = useMemo(() => deliveries?.find(({ id }) => id === selectedId), [deliveries, selectedId]);
  const { detail, error } = useDetail(selectedId, summary, state.loads);
  const actions = useActions({ state, shown, detail, dispatch, places });
  useKeyboard(actions.run);
  const onNoticeOver = useCallback(() => dispatch({ type: 'told', text: undefined }), []);
  return (
    <div class={state.isDetailOpen ? 'app with-detail' : 'app'}>
      <HeaderBar info={info} connection={state.connection} onCopy={actions.copy} onKeys={() => actions.run('keys')} />
      <main>
        <section class="list-pane" aria-label="Deliveries">
          <FilterBar
            filter={filter}
            eventNames={names}
            shown={shown.length}
            total={deliveries?.length ?? 0}
            olderCount={state.olderCount}
            isSearching={search.isSearching}
            searchRef={places.search}
            onFilter={(wanted) => dispatch({ type: 'filtered', filter: wanted })}
            onClear={() => dispatch({ type: 'dialogOpened', dialog: { name: 'clear' } })}
          />
          {deliveries !== undefined && (
            <DeliveryList
              deliveries={shown}
              selectedId={selectedId}
              filterKey={JSON.stringify(filter)}
              nowMs={nowMs}
              listRef={places.list}
              onOpen={(id) => dispatch({ type: 'selected', id, open: true })}
            />
          )}
          {deliveries !== undefined && deliveries.length > 0 && shown.length === 0 && (
            <NoMatch
              isSearching={search.isSearching}
              onReset={() => dispatch({ type: 'filtered', filter: noFilter })}
            />
          )}
        </section>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it. */}
        <section class="detail-pane" ref={places.detail} tabIndex={0} aria-label="Delivery in detail">
          {detail !== undefined && (
            <ErrorBoundary key={detail.id} onLeave={() => dispatch({ type: 'selected', id: undefined, open: false })}>
              <DeliveryView
                detail={detail}
                isBusy={detail.id !== selectedId}
                paneRef={places.detail}
                onBack={() => actions.run('leave')}
                onSelect={(id) => dispatch({ type: 'selected', id })}
                onCopy={actions.copy}
                onCopyCurl={() => actions.run('copy')}
                onReplay={() => actions.run('replay')}
              />
            </ErrorBoundary>
          )}
          {error !== undefined && <p class="failure">✗ {error}</p>}
          {deliveries?.length === 0 && info !== undefined && <EmptyState info={info} onCopy={actions.copy} />}
          {deliveries !== undefined && deliveries.length > 0 && selectedId === undefined && (
            <p class="hint">Choose a delivery; keys work too: press ? to see them.</p>
          )}
        </section>
      </main>
      <Dialogs state={state} dispatch={dispatch} />
      <Notice notice={state.notice} onOver={onNoticeOver} />
    </div>
  );
}

function startHere(state: InspectorState): InspectorState {
  const { selectedId, filter } = parseHash(location.hash);
  return { ...state, selectedId, filter, isDetailOpen: selectedId !== undefined };
}
