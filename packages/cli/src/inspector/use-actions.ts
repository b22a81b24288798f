import type { RefObject } from 'preact';
import type { DeliveryDetail, DeliverySummary } from '../listen/inspector-api.ts';
import { fetchDelivery } from './api.ts';
import { copyText } from './copy-text.ts';
import { rowHeight } from './delivery-row.tsx';
import type { Dispatch, InspectorState } from './inspector-state.ts';
import type { KeyCommand } from './keyboard.ts';

interface ActionsInput {
  readonly state: InspectorState;
  /** What the filter lets through. */
  readonly shown: readonly DeliverySummary[];
  readonly detail: DeliveryDetail | undefined;
  readonly dispatch: Dispatch;
  readonly places: {
    readonly list: RefObject<HTMLElement | null>;
    readonly detail: RefObject<HTMLElement | null>;
    readonly search: RefObject<HTMLInputElement | null>;
  };
}

export interface Actions {
  /** Do what a key or a button asks for. */
  readonly run: (command: KeyCommand) => void;
  /** @param what the text is, to say so: `URL` */
  readonly copy: (text: string, what: string) => void;
}

export function useActions({ state, shown, detail, dispatch, places }: ActionsInput): Actions {
  const { selectedId } = state;
  const move = (toIndex: (index: number) => number): void => {
    const index = shown.findIndex(({ id }) => id === selectedId);
    const next = Math.max(0, Math.min(shown.length - 1, toIndex(index)));
    const delivery = shown[next];
    if (delivery !== undefined) dispatch({ type: 'selected', id: delivery.id });
  };
  const copy = async (text: string, what: string): Promise<void> => {
    if (await copyText(text)) dispatch({ type: 'told', text: `✓ Copied the ${what}` });
    else dispatch({ type: 'dialogOpened', dialog: { name: 'copy', text } });
  };
  const copyCurl = async (id: number): Promise<void> => {
    try {
      // While keys move on, the one in sight may be another.
      const { curl } = detail?.id === id ? detail : await fetchDelivery(id, AbortSignal.timeout(5_000));
      await copy(curl, 'curl command');
    } catch (error) {
      dispatch({ type: 'told', text: `✗ ${(error as Error).message}` });
    }
  };
  const pageRows = (): number => Math.max(1, Math.floor((places.list.current?.clientHeight ?? 0) / rowHeight) - 1);
  const commands: Readonly<Record<KeyCommand, () => void>> = {
    next: () => move((index) => index + 1),
    previous: () => move((index) => index - 1),
    first: () => move(() => 0),
    last: () => move(() => shown.length - 1),
    pageDown: () => move((index) => index + pageRows()),
    pageUp: () => move((index) => index - pageRows()),
    open: () => {
      if (selectedId === undefined) move(() => 0);
      dispatch({ type: 'opened' });
      // Once it is in sight.
      requestAnimationFrame(() => places.detail.current?.focus());
    },
    leave: () => {
      dispatch({ type: 'left' });
      requestAnimationFrame(() => places.list.current?.focus({ preventScroll: true }));
    },
    search: () => {
      dispatch({ type: 'left' });
      requestAnimationFrame(() => places.search.current?.select());
    },
    filter: () => {
      dispatch({ type: 'left' });
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#verdict-filter input:checked')?.focus());
    },
    copy: () => {
      if (selectedId === undefined) dispatch({ type: 'told', text: '✗ Choose a delivery to copy first' });
      else void copyCurl(selectedId);
    },
    replay: () => {
      const delivery = detail?.id === selectedId ? detail : shown.find(({ id }) => id === selectedId);
      if (delivery === undefined) dispatch({ type: 'told', text: '✗ Choose a delivery to replay first' });
      else dispatch({ type: 'dialogOpened', dialog: { name: 'replay', delivery } });
    },
    keys: () => dispatch({ type: 'dialogOpened', dialog: { name: 'keys' } }),
  };
  return { run: (command) => commands[command](), copy: (text, what) => void copy(text, what) };
}
