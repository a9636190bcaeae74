import { createOutput, type Output, type Sink } from '../../src/terminal/output.ts';

/** Where a view is shown, without colors: as wide as it likes, unless it is a terminal. */
export function screen(terminal: { columns?: number } = {}): Output {
  const stdout: Sink = {
    write: () => true,
    ...(terminal.columns === undefined ? {} : { isTTY: true, columns: terminal.columns }),
  };
  const color = { stdout: 0, stderr: 0 } as const;
  return createOutput({ json: false, jsonl: false, level: 'info', color, stdout, stderr: stdout });
}
