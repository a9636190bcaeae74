import type { UnmatchedRow } from '../documents/unmatched.ts';
import { localTime } from '../domain/values/local-time.ts';
import type { Output } from './output.ts';
import { table, type Column } from './table.ts';

/** Rows of Agent Connect that match no closing, as a table. */
export function unmatchedView(
  entries: readonly UnmatchedRow[],
  { columns, paint }: Pick<Output, 'columns' | 'paint'>,
): string {
  if (entries.length === 0) return 'All rows read from Agent Connect match requests of gcsat.';
  const shape: Column<UnmatchedRow>[] = [
    { title: 'Interaction', value: ({ interactionId, uuid }) => interactionId ?? uuid, overflow: 'keep' },
    {
      title: 'Requested',
      value: ({ requestedAt }) => (requestedAt === null ? '' : localTime(requestedAt, null)),
    },
    { title: 'Agent', value: ({ agent }) => agent.email ?? agent.customId ?? '' },
    { title: 'State', value: ({ deliveryStatus }) => deliveryStatus ?? '' },
    { title: 'Rating', value: ({ rating }) => (rating === null ? '' : String(rating)), align: 'right' },
  ];
  return table(entries, shape, { width: columns, heading: paint.dim });
}
