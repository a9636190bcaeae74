import type { CardItem } from '../domain/survey/card.ts';
import { readableText } from '../domain/survey/rich-text.ts';
import type { Output } from './output.ts';
import { clean } from './text.ts';

interface Posted {
  conversationId: string;
  customerId: string;
  outcome: 'posted' | 'already_posted' | 'would_post';
  agent: { id: string | null; name: string | null } | null;
  card: { itemId: string; body: CardItem };
}

/** The result of `post`; a dry run shows the exact body of the request. */
export function postView(posted: Posted, { paint }: Pick<Output, 'paint'>): string {
  const { card, customerId, outcome, agent } = posted;
  const line = (label: string, value: string): string => `${paint.dim(label.padEnd(13))} ${value}`;
  const lines = [
    line('Conversation', clean(posted.conversationId)),
    line('Customer', clean(customerId)),
    line('Credit', clean(agent?.name ?? agent?.id ?? 'no agent')),
    line('Card', paint.bold(clean(card.body.content.title))),
    line('', clean(readableText(card.body.content.body))),
  ];
  if (outcome === 'would_post') {
    const path = `/api/v1/customers/${encodeURIComponent(customerId)}/conversation-items`;
    return [
      ...lines,
      line('Verdict', `${paint.green('would be posted')} with this request:`),
      '',
      paint.dim(`POST ${path}`),
      JSON.stringify(card.body, null, 2),
    ].join('\n');
  }
  const done = outcome === 'posted' ? 'posted to the timeline' : 'was already on the timeline';
  return [...lines, line('Verdict', `${paint.green('✔')} ${done} as item ${clean(card.itemId)}`)].join('\n');
}
