/** Tags and attributes of the contract's section on rich content; nothing else is accepted. */
const cell = [
  'align',
  'valign',
  'style',
  'abbr',
  'colspan',
  'rowspan',
  'headers',
  'height',
  'width',
  'scope',
  'nowrap',
];
const column = ['align', 'valign', 'height', 'width', 'span'];
const section = ['align', 'valign'];

const allowedTags: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'target'],
  img: ['src', 'align', 'alt', 'height', 'width'],
  h1: [],
  h2: [],
  h3: [],
  hr: [],
  br: [],
  div: ['style'],
  span: [],
  p: [],
  font: ['size', 'color'],
  strong: [],
  em: [],
  b: [],
  i: [],
  u: [],
  ul: ['type'],
  ol: ['type'],
  li: ['type', 'value'],
  dl: [],
  dt: [],
  dd: [],
  table: [],
  tbody: section,
  tfoot: section,
  col: column,
  colgroup: column,
  thead: section,
  tr: section,
  td: cell,
  th: cell,
  caption: [],
};

const allowedStyles = ['border-left', 'margin', 'padding-left', 'text-align', 'background-color'];

const attributePattern = /([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?/g;

/** The first piece of the text that rich content does not allow; undefined if there is none. */
export function forbiddenMarkup(text: string): string | undefined {
  // Browsers read `<` as a tag when a letter, slash, exclamation mark or question mark follows.
  for (const match of text.matchAll(/<([a-z/!?][^>]*)(>?)/gi)) {
    const [, inside = '', end] = match;
    if (end === '') return `unfinished tag <${inside.slice(0, 20)}`;
    const tag = /^\/?([a-z][a-z0-9-]*)/i.exec(inside)?.[1]?.toLowerCase();
    const attributes = tag === undefined ? undefined : allowedTags[tag];
    if (tag === undefined || attributes === undefined) return `tag <${inside.slice(0, 20)}>`;
    const rest = inside.replace(/^\/?[a-z][a-z0-9-]*/i, '').replace(/\/$/, '');
    for (const [, name = '', value = ''] of rest.matchAll(attributePattern)) {
      if (!attributes.includes(name.toLowerCase())) return `attribute ${name} of <${tag}>`;
      if (name.toLowerCase() !== 'style') continue;
      const property = value
        .replace(/^["']|["']$/g, '')
        .split(';')
        .map((one) => one.split(':')[0]?.trim().toLowerCase() ?? '')
        .find((one) => one !== '' && !allowedStyles.includes(one));
      if (property !== undefined) return `style ${property} of <${tag}>`;
    }
  }
  return undefined;
}
