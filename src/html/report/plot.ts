/**
 * A figure on two axes. It fits every width without a script: horizontal positions are percentages of the width
 * (`12.5%`, in paths a number from 0 to 100), vertical positions are pixels from the top.
 */
export interface Plot {
  /** For people who cannot see the figure. */
  label: string;
  height: number;
  yTicks: readonly { y: number; label: string }[];
  /** `minor`: left out if there is little room. */
  xTicks: readonly { x: string; label: string; minor: boolean }[];
  /** Below the labels of the x axis. */
  xTitle: string;
  paths: readonly { kind: 'band' | 'wide' | 'line' | 'limit' | 'outer'; d: string }[];
  lines: readonly { kind: 'whisker' | 'overall'; x1: string; x2: string; y1: number; y2: number }[];
  bars: readonly { x: string; y: number; width: string; height: number; title: string }[];
  points: readonly { kind: 'inside' | 'above' | 'below' | 'dot'; x: string; y: number; title: string }[];
  texts: readonly {
    kind: 'name' | 'note';
    x: string;
    dx: number;
    y: number;
    anchor: 'start' | 'end';
    text: string;
  }[];
}

/** In percent of the width. */
export function across(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

/** In pixels. */
export function upright(value: number): number {
  return Math.round(value * 10) / 10;
}
