import { count, percentOf } from './numbers.ts';

/** One bar of a table of bars, ready to print. */
export interface Bar {
  count: string;
  share: string;
  width: string;
}

/** @param longest the value that a bar of full width stands for */
export function bar(part: number, of: number, longest = of): Bar {
  return {
    count: count(part),
    share: percentOf(part, of),
    width: `${longest === 0 ? 0 : Math.round((part / longest) * 1000) / 10}%`,
  };
}
