import { Eta } from 'eta/core';

/**
 * Our own templates, under names that begin with `@`: values are escaped, and `layout('@name')` wraps one template in
 * another.
 */
export function htmlTemplates<Name extends `@${string}`>(
  sources: Readonly<Record<Name, string>>,
): (name: Name, data: object) => string {
  const eta = new Eta({ autoTrim: false });
  for (const [name, source] of Object.entries<string>(sources)) eta.loadTemplate(name, source);
  return (name, data) => eta.render(name, data);
}

/** For CSS, which HTML entities would break: no value may come from a stranger. */
export function renderUnescaped(source: string, data: object): string {
  return new Eta({ autoEscape: false, autoTrim: false }).renderString(source, data);
}
