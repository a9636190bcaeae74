import { loadavg, cpus } from 'node:os';

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Columns as wide as their widest cell; the first is text, the others are figures. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) =>
        column === 0 ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width),
      )
      .join('  ')
      .trimEnd();
  print(line(headings));
  print(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of rows) print(line(row));
  print();
}

/** What the figures depend on besides the program. The load shows whether other programs disturbed the measurement. */
export function printMachine(when: 'before' | 'after'): void {
  const load = (loadavg()[0] ?? 0).toFixed(1);
  print(
    when === 'before'
      ? `${cpus().length} cores, Node ${process.version}, ${process.platform}; load before: ${load}`
      : `load after: ${load}`,
  );
  if (when === 'before') print();
}

export const times = (value: number): string => `${value.toFixed(2)}x`;
export const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
export const count = (value: number): string => value.toLocaleString('en');
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const seconds = (value: number): string => `${value.toFixed(1)} s`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
