import { createOutput, type Output, type Sink } from '../../src/terminal/output.ts';

/** An output without colors for a view: as wide as the view likes, unless it is a terminal. */
export function screen(terminal: { columns?: number } = {}): Output {
  const stdout: Sink = {
    write: () => true,
    ...(terminal.columns === undefined ? {} : { isTTY: true, columns: terminal.columns }),
  };
  const color = { stdout: 0, stderr: 0 } as const;
  return createOutput({ json: false, jsonl: false, level: 'info', color, stdout, stderr: stdout });
}
