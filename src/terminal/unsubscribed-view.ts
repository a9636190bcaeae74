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

/** What an operator's word changed, or would change. */
export function addressChangeView(change: {
  address: string;
  unsubscribed: boolean;
  changed: boolean;
  suppressed: readonly string[];
  dryRun?: boolean;
}): string {
  const address = clean(change.address);
  const words = change.dryRun === true ? wouldBe : is;
  if (!change.unsubscribed) {
    return change.changed ? `${address} ${words.askedAgain}.` : `${address} was not unsubscribed.`;
  }
  const lines = [
    change.changed ? `${address} ${words.notAsked}.` : `${address} was unsubscribed already.`,
    ...change.suppressed.map((id) => `${words.notSent}: the survey of closing ${clean(id)}.`),
  ];
  return lines.join('\n');
}

const is = { askedAgain: 'may be asked again', notAsked: 'is not asked again', notSent: 'Not sent' };
const wouldBe = {
  askedAgain: 'would be asked again',
  notAsked: 'would not be asked again',
  notSent: 'Would not be sent',
};
