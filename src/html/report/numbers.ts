import type { ReportShare } from '../../documents/report.ts';

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

/** `86%`; `99.7%` rather than a 100% that is not all, and `0.3%` rather than a 0% that is not none. `–` without a value. */
export function percent(share: number | null): string {
  if (share === null) return '–';
  const value = share * 100;
  const rounded = Math.round(value);
  if ((rounded === 100 && share < 1) || (rounded === 0 && share > 0)) {
    return `${tenths.format(Math.min(99.9, Math.max(0.1, value)))}%`;
  }
  return `${whole.format(value)}%`;
}

/** The percentage of a part; `–` of nothing. */
export function percentOf(part: number, of: number): string {
  return of === 0 ? '–' : percent(part / of);
}

/** `82% to 89%`; empty without answers. */
export function interval({ low, high }: Pick<ReportShare, 'low' | 'high'>): string {
  return low === null || high === null ? '' : `${percent(low)} to ${percent(high)}`;
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
