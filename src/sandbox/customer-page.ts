import type { Conversation } from './items.ts';
import type { Customer } from './world/people.ts';
import type { ItemBody } from './world/story.ts';

/** A customer's timeline, oldest first. */
export interface CustomerTimeline {
  customer: Customer;
  conversations: readonly Conversation[];
  items: readonly ItemBody[];
}

/** Strangers wrote the content of this page, so it may not run scripts, submit forms or load anything. */
export const customerPageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups",
};

const style = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2733; background: #eef1f4; margin: 0 auto; max-width: 46rem; padding: 1rem; overflow-wrap: anywhere }
article { background: #fff; border: 1px solid #d5dbe1; border-radius: 8px; margin: .6rem 0; padding: .6rem .9rem }
article.card { border-left: 4px solid #1a7f5a }
article.quiet { background: none; border: none; padding: 0 .9rem; color: #51606e; font-size: 13px; margin: .2rem 0 }
time, small { color: #51606e; font-size: 13px }
h1 { font-size: 1.3rem } h2 { font-size: 1rem; margin: 0 }
@media (prefers-color-scheme: dark) {
  body { color: #e6eaee; background: #14191e } article { background: #1e252c; border-color: #36414c }
  time, small, article.quiet { color: #a3b0bc } a { color: #7db7ff }
}`;

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The body of a card is not escaped: its markup was checked when it was created. */
function card(item: ItemBody): string {
  const content = item.content ?? {};
  const link = content.link as { url?: unknown; text?: unknown } | undefined;
  const url = textOf(link?.url);
  return `<article class="card"><h2>${escaped(textOf(content.title))}</h2>
<small>${escaped(textOf(content.sourceName))} · <time>${escaped(item.timestamp)}</time></small>
<div>${textOf(content.body)}</div>
${/^https?:/i.test(url) ? `<p><a href="${escaped(url)}" target="_blank" rel="noreferrer">${escaped(textOf(link?.text) || url)}</a></p>` : ''}</article>`;
}

function entry(item: ItemBody): string {
  const type = textOf(item.content?.type);
  if (type === 'CUSTOMER_ACTIVITY') return card(item);
  const said = textOf(item.content?.content) || textOf(item.content?.body);
  const about = `<small>${escaped(type)} · ${escaped(item.initiator?.type ?? 'unknown')} · <time>${escaped(item.timestamp)}</time></small>`;
  return said === ''
    ? `<article class="quiet">${about}</article>`
    : `<article>${about}<div>${escaped(said)}</div></article>`;
}

/** The timeline roughly as an agent sees it. */
export function customerPage({ customer, conversations, items }: CustomerTimeline): string {
  const name = escaped(customer.name ?? 'No name');
  const addresses = [
    ...(customer.emails ?? []).map(({ original }) => original),
    ...(customer.phones ?? []).map(({ original }) => original),
  ];
  const states = conversations.map(
    ({ id, status }) => `<li>${escaped(id)} <small>${escaped(status)}</small></li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${name}</title><style>${style}</style></head>
<body><h1>${name}</h1><p>${addresses.map(escaped).join('<br>')}</p>
<ul>${states.join('')}</ul>
${items.map(entry).join('\n')}
</body></html>`;
}
