import { percent } from '../../domain/scores/percent.ts';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const noBreak = '\u00a0';

/** `12,345`. */
export function count(value: number): string {
  return whole.format(value);
}

/** `1 answer`, `12 answers`. */
export function counted(value: number, one: string, more = `${one}s`): string {
  return `${count(value)}${noBreak}${value === 1 ? one : more}`;
}

/** The percentage of a part; `–` if the whole is zero. */
export function percentOf(part: number, of: number): string {
  return of === 0 ? '–' : percent(part / of);
}

/** A difference of shares in percentage points: `+2.1`, `−0.4`, `0.0`. */
export function points(difference: number): string {
  const text = tenths.format(Math.abs(difference) * 100);
  if (text === '0.0') return text;
  return `${difference < 0 ? '−' : '+'}${text}`;
}

/** `4.3`. */
export function mean(value: number | null): string {
  return value === null ? '–' : tenths.format(value);
}
