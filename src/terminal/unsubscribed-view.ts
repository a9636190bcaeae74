import type { Output } from './output.ts';
import { table, type Column } from './table.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';

interface Entry {
  address: string;
  at: string;
  source: string;
}

/** The addresses that get no surveys, as a table. */
export function unsubscribedView(
  entries: readonly Entry[],
  { columns, paint }: Pick<Output, 'columns' | 'paint'>,
): string {
  if (entries.length === 0) return 'No address is unsubscribed.';
  const shape: Column<Entry>[] = [
    { title: 'Address', value: ({ address }) => address, overflow: 'keep' },
    { title: 'Since', value: ({ at }) => localTime(at, null), overflow: 'keep' },
    { title: 'By', value: ({ source }) => source },
  ];
  return table(entries, shape, { width: columns, heading: paint.dim });
}

/** What a command changed about an address, or would change. */
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
    return change.changed ? `${address} ${words.surveyed}.` : `${address} was not unsubscribed.`;
  }
  const lines = [
    change.changed ? `${address} ${words.notSurveyed}.` : `${address} was already unsubscribed.`,
    ...change.suppressed.map((id) => `${words.notSent}: the survey of closing ${clean(id)}.`),
  ];
  return lines.join('\n');
}

const is = { surveyed: 'can get surveys again', notSurveyed: 'gets no more surveys', notSent: 'Not sent' };
const wouldBe = {
  surveyed: 'would get surveys again',
  notSurveyed: 'would get no more surveys',
  notSent: 'Would not be sent',
};
