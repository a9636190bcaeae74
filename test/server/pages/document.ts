/** As much of the browser's document as the tests need: the program is compiled without its types. */
export interface Element {
  id: string;
  localName: string;
  parentElement: Element | null;
  childNodes: Iterable<{ nodeType: number; textContent: string | null }>;
  getAttribute(name: string): string | null;
  closest(selector: string): Element | null;
  matches(selector: string): boolean;
  checkVisibility(options: { visibilityProperty: boolean }): boolean;
}

export interface Image {
  naturalWidth: number;
}

export interface Document {
  activeElement: Element | null;
  documentElement: {
    scrollWidth: number;
    clientWidth: number;
    style: { setProperty(name: string, value: string): void };
  };
  querySelectorAll(selector: string): Iterable<Element>;
}

export interface Style {
  backgroundColor: string;
  borderTopColor: string;
  color: string;
  fill: string;
  outlineStyle: string;
  stroke: string;
  transitionProperty: string;
}
