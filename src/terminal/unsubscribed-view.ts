import type { Output } from './output.ts';
import { table, type Column } from './table.ts';
import { clean } from './text.ts';
import { localTime } from './time.ts';

interface Entry {
  address: string;
  at: string;
  source: string;
}

/** The addresses that are not asked again, as a table. */
export function unsubscribedView(
  entries: readonly Entry[],
  { columns, paint }: Pick<Output, 'columns' | 'paint'>,
): string {
  if (entries.length === 0) return 'Nobody has unsubscribed.';
  const shape: Column<Entry>[] = [
    { title: 'Address', value: ({ address }) => address, overflow: 'keep' },
    { title: 'Since', value: ({ at }) => localTime(at, null), overflow: 'keep' },
    { title: 'By', value: ({ source }) => source },
  ];
  return table(entries, shape, { width: columns, heading: paint.dim });
}

/** What an operator's word changed. */
export function addressChangeView(change: {
  address: string;
  unsubscribed: boolean;
  changed: boolean;
  suppressed: readonly string[];
}): string {
  const address = clean(change.address);
  if (!change.unsubscribed) {
    return change.changed ? `${address} may be asked again.` : `${address} was not unsubscribed.`;
  }
  const lines = [
    change.changed ? `${address} is not asked again.` : `${address} was unsubscribed already.`,
    ...change.suppressed.map((id) => `Not sent: the survey of closing ${clean(id)}.`),
  ];
  return lines.join('\n');
}
