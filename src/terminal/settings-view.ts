import type { Output } from './output.ts';
import { table } from './table.ts';

interface ShownValue {
  /** Null: not set. */
  value: string | null;
  /** What is wrong with the value. */
  problem?: string | undefined;
  origin: string;
}

/** Settings by their keys, and where each comes from. */
export function settingsTable(
  settings: Readonly<Record<string, ShownValue>>,
  { columns, paint }: Pick<Output, 'columns' | 'paint'>,
): string {
  return table(
    Object.entries(settings),
    [
      { title: 'SETTING', value: ([key]) => key },
      {
        title: 'VALUE',
        value: ([, { value, problem }]) => (problem === undefined ? (value ?? '-') : `invalid: ${problem}`),
        overflow: 'wrap',
      },
      { title: 'FROM', value: ([, { origin }]) => origin, paint: paint.dim },
    ],
    { width: columns, heading: paint.bold },
  );
}
