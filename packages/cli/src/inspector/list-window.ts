/** The rows from `first` up to, not including, `end` are drawn. */
export interface ListWindow {
  readonly first: number;
  readonly end: number;
}

/** Find the rows to draw: those in sight and some on either side, so that scrolling never shows a gap. Lengths in pixels. */
export function listWindow(rows: number, rowHeight: number, scrollTop: number, viewHeight: number): ListWindow {
  const inSight = Math.ceil(viewHeight / rowHeight) + 1;
  const top = Math.min(Math.floor(Math.max(0, scrollTop) / rowHeight), Math.max(0, rows - inSight));
  return { first: Math.max(0, top - overscan), end: Math.min(rows, top + inSight + overscan) };
}

const overscan = 12;

/** Find where to scroll to, so that a row is wholly in sight; no further than needed. */
export function scrollTopFor(row: number, rowHeight: number, scrollTop: number, viewHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - viewHeight);
}
