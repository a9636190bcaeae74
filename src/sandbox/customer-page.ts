import type { Conversation } from './items.ts';
import type { Customer } from './world/people.ts';
import type { ItemBody } from './world/story.ts';

/** A customer's timeline, oldest first. */
export interface CustomerTimeline {
  customer: Customer;
  conversations: readonly Conversation[];
  items: readonly ItemBody[];
}

/** What the timeline refers to by id. */
export interface TimelineNames {
  agents: ReadonlyMap<string, string>;
  /** The messages that this sandbox took, by item id. */
  messages: ReadonlyMap<string, { html: string | null; text: string | null }>;
}

/** Strangers wrote the content of this page, so it may not run scripts, submit forms or load anything. */
export const customerPageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
};

const style = `
iframe { width: 100%; height: 46rem; border: 1px solid #d5dbe1; border-radius: 8px; background: #fff } code { font-size: 13px } pre { white-space: pre-wrap }
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2733; background: #eef1f4; margin: 0 auto; max-width: 46rem; padding: 1rem; overflow-wrap: anywhere }
article { background: #fff; border: 1px solid #d5dbe1; border-radius: 8px; margin: .6rem 0; padding: .6rem .9rem }
article.card { border-left: 4px solid #1a7f5a }
article.quiet { background: none; border: none; padding: 0 .9rem; color: #51606e; font-size: 13px; margin: .2rem 0 }
time, small { color: #51606e; font-size: 13px }
h1 { font-size: 1.3rem } h2 { font-size: 1rem; margin: 1rem 0 .3rem } article h2 { margin: 0 }
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

/** The time as people write it, to the second. */
export function timeOf(timestamp: string): string {
  const text = `${timestamp.slice(0, 19).replace('T', ' ')} UTC`;
  return `<time datetime="${escaped(timestamp)}">${escaped(text)}</time>`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The body of a card is not escaped: its markup was checked when the card was created. */
function card(item: ItemBody): string {
  const content = item.content ?? {};
  const link = content.link as { url?: unknown; text?: unknown } | undefined;
  const url = textOf(link?.url);
  return `<article class="card"><h2>${escaped(textOf(content.title))}</h2>
<small>${escaped(textOf(content.sourceName))} · ${timeOf(item.timestamp)}</small>
<div>${textOf(content.body)}</div>
${/^https?:/i.test(url) ? `<p><a href="${escaped(url)}" target="_blank" rel="noreferrer">${escaped(textOf(link?.text) || url)}</a></p>` : ''}</article>`;
}

function whoOf({ initiator, responder }: ItemBody, { agents }: TimelineNames): string {
  const who = initiator?.type === 'AGENT' || responder?.type !== 'AGENT' ? initiator : responder;
  const name = who?.type === 'AGENT' ? agents.get(who.id) : undefined;
  return name === undefined ? (who?.type ?? 'unknown').toLowerCase() : name;
}

function entry(item: ItemBody, names: TimelineNames): string {
  const type = textOf(item.content?.type);
  if (type === 'CUSTOMER_ACTIVITY') return card(item);
  const kind = type.toLowerCase().replaceAll('_', ' ');
  const about = `<small>${escaped(kind)} · ${escaped(whoOf(item, names))} · ${timeOf(item.timestamp)}</small>`;
  const message = names.messages.get(item.id);
  const subject = textOf(item.content?.subject);
  const heading = subject === '' ? '' : `<h2>${escaped(subject)}</h2>`;
  if (message !== undefined)
    return `<article>${about}${heading}${framed(message.html, message.text)}</article>`;
  const said = textOf(item.content?.content) || textOf(item.content?.body);
  return said === '' && heading === ''
    ? `<article class="quiet">${about}</article>`
    : `<article>${about}${heading}<div>${escaped(said)}</div></article>`;
}

/** Puts strangers' markup in a frame that can do nothing but open links. */
export function framed(html: string | null, text: string | null): string {
  if (html === null) return `<pre>${escaped(text ?? '')}</pre>`;
  const source = `<base target="_blank">${html}`;
  return `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The message" srcdoc="${escaped(source)}"></iframe>`;
}

export function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>
<body>${body}
</body></html>`;
}

/** The timeline roughly as an agent sees it. */
export function customerPage(
  { customer, conversations, items }: CustomerTimeline,
  names: TimelineNames,
): string {
  const name = customer.name ?? 'No name';
  const addresses = [
    ...(customer.emails ?? []).map(({ original }) => original),
    ...(customer.phones ?? []).map(({ original }) => original),
  ];
  const states = conversations.map(
    ({ id, status }) => `<li>${escaped(id)} <small>${escaped(status)}</small></li>`,
  );
  return pageOf(
    name,
    `<p><a href="/">Front page</a></p><h1>${escaped(name)}</h1><p>${addresses.map(escaped).join('<br>')}</p>
<ul>${states.join('')}</ul>
${items.map((item) => entry(item, names)).join('\n')}`,
  );
}
