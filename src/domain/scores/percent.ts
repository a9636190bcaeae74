const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/**
 * `86%`; `99.7%` rather than a 100% that is not all, and `0.3%` rather than a 0% that is not none. `–` without a value.
 */
export function percent(share: number | null): string {
  if (share === null) return '–';
  const value = share * 100;
  const rounded = Math.round(value);
  if ((rounded === 100 && share < 1) || (rounded === 0 && share > 0)) {
    return `${tenths.format(Math.min(99.9, Math.max(0.1, value)))}%`;
  }
  return `${whole.format(value)}%`;
}

/** `82% to 89%`; empty without answers. */
export function interval({ low, high }: { low: number | null; high: number | null }): string {
  return low === null || high === null ? '' : `${percent(low)} to ${percent(high)}`;
}
