/** The colors of one mode, as `#rrggbb`. */
interface Shades {
  /** The background behind the card. */
  page: string;
  card: string;
  ink: string;
  /** The operator's color, unchanged: the background of the button's label. */
  fill: string;
  onFill: string;
  /** Outlines and marks: contrast of at least 3:1 on page, card and `soft`. */
  accent: string;
  /** Links: contrast of at least 4.5:1 on page and card. */
  link: string;
  /** A tint of the accent: the background of a selection, under text in `ink`. */
  soft: string;
}

export interface Palette {
  light: Shades;
  dark: Shades;
}

const standardColor = '#1f5fbf';
const surfaces = {
  light: { page: '#f3f4f7', card: '#ffffff', ink: '#14181f' },
  dark: { page: '#13161b', card: '#1d222a', ink: '#f3f5f8' },
} as const;

/**
 * The colors of the pages, from the operator's own color (`#rrggbb`; null: ours). With any color, text keeps a
 * contrast of 4.5:1 and outlines one of 3:1 (WCAG 2.2, 1.4.3 and 1.4.11): the color is darkened or lightened as far
 * as needed.
 */
export function paletteOf(color: string | null): Palette {
  const fill = color ?? standardColor;
  const black = '#000000';
  const white = '#ffffff';
  // One of the two always reaches 4.58:1. People expect white on a color, as long as it is readable.
  const onFill = contrastOf(white, fill) >= 4.5 ? white : black;
  const shades = (mode: 'light' | 'dark', towards: string): Shades => {
    const { page, card } = surfaces[mode];
    const softOf = (accent: string): string => mix(card, accent, 0.1);
    const standsOut = (color: string, least: number, ...grounds: string[]): boolean =>
      grounds.every((ground) => contrastOf(color, ground) >= least);
    const accent = shift(fill, towards, (color) => standsOut(color, 3, page, card, softOf(color)));
    const link = shift(fill, towards, (color) => standsOut(color, 4.5, page, card));
    return { ...surfaces[mode], fill, onFill, accent, link, soft: softOf(accent) };
  };
  return { light: shades('light', black), dark: shades('dark', white) };
}

/** From 1 to 21, as WCAG 2.2 defines it. */
export function contrastOf(one: string, other: string): number {
  const [brighter = 0, darker = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

const steps = 100;

/** The acceptable color nearest to `from` on the way `towards` another. */
function shift(from: string, towards: string, willDo: (color: string) => boolean): string {
  for (let step = 0; step < steps; step += 1) {
    const candidate = mix(from, towards, step / steps);
    if (willDo(candidate)) return candidate;
  }
  return towards;
}

function mix(one: string, other: string, share: number): string {
  const others = channelsOf(other);
  const mixed = channelsOf(one).map((value, index) => value + ((others[index] ?? value) - value) * share);
  return `#${mixed.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
