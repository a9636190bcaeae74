import type { Document, Element, Style } from './document.ts';

declare const document: Document;
declare function getComputedStyle(element: Element): Style;

interface Lowest {
  ratio: number;
  /** Where the contrast is. */
  what: string;
}

/**
 * Runs in the browser: the lowest contrast between any visible words and what is behind them, and the lowest of any
 * outline (fields, stars, marks), as WCAG 2.2 calculates it. Everything on the page is opaque.
 */
export function lowestContrasts(): { words: Lowest; outlines: Lowest } {
  const channels = (color: string): number[] =>
    [...color.matchAll(/[\d.]+/g)].map((match) => Number(match[0]));
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(color)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string): number => {
    const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element: Element | null): string => {
    if (element === null) return 'rgb(255, 255, 255)';
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? behind(element.parentElement) : color;
  };
  const isSeen = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true }) && element.closest('.unseen') === null;
  const lowest = (found: Lowest[]): Lowest =>
    found.reduce((least, one) => (one.ratio < least.ratio ? one : least), { ratio: 21, what: 'nothing' });
  const tell = (element: Element, color: string, ground: string): Lowest => ({
    ratio: contrast(color, ground),
    what: `${element.localName}.${element.getAttribute('class') ?? ''} ${color} on ${ground}`,
  });

  const elements = [...document.querySelectorAll('body *')].filter(isSeen);
  const hasWords = (element: Element): boolean =>
    element.localName === 'textarea' ||
    [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '');
  const words = elements
    .filter(hasWords)
    .map((element) => tell(element, getComputedStyle(element).color, behind(element)));
  const drawn = elements
    .filter((element) => element.localName === 'svg' && element.getAttribute('class') !== 'drawings')
    .map((element) => tell(element, getComputedStyle(element).stroke, behind(element)));
  const bordered = elements
    .filter((element) => element.matches('textarea, button, .choice label, .summary'))
    .map((element) => tell(element, getComputedStyle(element).borderTopColor, behind(element.parentElement)));
  return { words: lowest(words), outlines: lowest([...drawn, ...bordered]) };
}
