import type { DeliverySummary, InspectorInfo } from '../listen/inspector-api.ts';
import { type DeliveryFilter, noFilter } from './delivery-filter.ts';
import { mergeDeliveries } from './merge-deliveries.ts';
import type { ReplayedDelivery } from './replay-refusal.ts';

/** All that the page knows, but for what only one component needs. */
export interface InspectorState {
  readonly info: InspectorInfo | undefined;
  readonly connection: 'connecting' | 'live' | 'lost';
  /** Newest first. `undefined` until they came for the first time. */
  readonly deliveries: readonly DeliverySummary[] | undefined;
  /** How many older ones the server keeps beside these. */
  readonly olderCount: number;
  /** How often the list was loaded. */
  readonly loads: number;
  readonly filter: DeliveryFilter;
  readonly selectedId: number | undefined;
  /** Whether a narrow window shows the detail instead of the list. */
  readonly isDetailOpen: boolean;
  readonly dialog: InspectorDialog | undefined;
  /** How many dialogs were opened, so the number of the last one. */
  readonly dialogNumber: number;
  /** Said to people for a moment. A new object each time, so that the same words can be said again. */
  readonly notice: { readonly text: string } | undefined;
}

export type InspectorDialog =
  | { readonly name: 'keys' | 'clear' }
  /** With the delivery, which may be forgotten or deselected meanwhile. */
  | { readonly name: 'replay'; readonly delivery: ReplayedDelivery }
  /** The clipboard refused: people copy this by hand. */
  | { readonly name: 'copy'; readonly text: string };

export type InspectorAction =
  | {
      readonly type: 'loaded';
      readonly info: InspectorInfo;
      readonly deliveries: readonly DeliverySummary[];
      readonly total: number;
    }
  | { readonly type: 'connected' | 'lost' | 'cleared' | 'left' | 'opened' }
  | { readonly type: 'dialogClosed'; readonly number: number }
  | { readonly type: 'arrived'; readonly deliveries: readonly DeliverySummary[] }
  | { readonly type: 'selected'; readonly id: number | undefined; readonly open?: boolean }
  | { readonly type: 'filtered'; readonly filter: Partial<DeliveryFilter> }
  | { readonly type: 'moved'; readonly selectedId: number | undefined; readonly filter: DeliveryFilter }
  | { readonly type: 'dialogOpened'; readonly dialog: InspectorDialog }
  | { readonly type: 'told'; readonly text: string | undefined };

export type Dispatch = (action: InspectorAction) => void;

export const initialState: InspectorState = {
  info: undefined,
  connection: 'connecting',
  deliveries: undefined,
  olderCount: 0,
  loads: 0,
  filter: noFilter,
  selectedId: undefined,
  isDetailOpen: false,
  dialog: undefined,
  dialogNumber: 0,
  notice: undefined,
};

export function reduce(state: InspectorState, action: InspectorAction): InspectorState {
  switch (action.type) {
    case 'connected':
      return { ...state, connection: 'live' };
    case 'lost':
      return { ...state, connection: 'lost' };
    case 'loaded':
      return {
        ...state,
        info: action.info,
        deliveries: action.deliveries,
        olderCount: Math.max(0, action.total - action.deliveries.length),
        loads: state.loads + 1,
      };
    case 'arrived': {
      const keep = state.info?.keep ?? Number.POSITIVE_INFINITY;
      const deliveries = mergeDeliveries(state.deliveries ?? [], action.deliveries, keep);
      return { ...state, deliveries, olderCount: Math.min(state.olderCount, keep - deliveries.length) };
    }
    case 'cleared':
      return { ...state, deliveries: [], olderCount: 0, selectedId: undefined, isDetailOpen: false };
    case 'selected':
      return { ...state, selectedId: action.id, isDetailOpen: action.open ?? state.isDetailOpen };
    case 'opened':
      return { ...state, isDetailOpen: state.selectedId !== undefined };
    case 'left':
      return { ...state, isDetailOpen: false };
    case 'filtered':
      return { ...state, filter: { ...state.filter, ...action.filter } };
    case 'moved':
      return {
        ...state,
        selectedId: action.selectedId,
        filter: action.filter,
        isDetailOpen: action.selectedId !== undefined,
      };
    case 'dialogOpened':
      return { ...state, dialog: action.dialog, dialogNumber: state.dialogNumber + 1 };
    case 'dialogClosed':
      // The browser says so a little later: another one may be open by then.
      return action.number === state.dialogNumber ? { ...state, dialog: undefined } : state;
    case 'told':
      return { ...state, notice: action.text === undefined ? undefined : { text: action.text } };
  }
}
