import type { ForgetDocument } from '../documents/forget.ts';
import { labelled } from './narrow.ts';
import type { Output } from './output.ts';
import { clean } from './text.ts';

/** More closings than this are only counted. */
const mostShown = 20;

/** What was erased about a customer, or would be. */
export function forgetView(document: ForgetDocument, screen: Pick<Output, 'columns' | 'paint'>): string {
  const { outcome, customers, closings, counts, cards, open } = document;
  const line = (label: string, value: string): string => labelled(label, value, screen);
  const shown = closings.slice(0, mostShown).map((id) => `  ${clean(id)}`);
  const more = closings.length - shown.length;
  const stuck = open.map(({ kind, name, error }) => `  ${kind} ${clean(name)}: ${clean(error.message)}`);
  if (outcome === 'already_forgotten') {
    return [
      'This customer was already forgotten.',
      ...(stuck.length === 0 ? [] : ['Still to be erased:', ...stuck]),
    ].join('\n');
  }
  return [
    title[outcome],
    ...(customers.length === 0 ? [] : [line('Customer', customers.map(clean).join(', '))]),
    ...(document.addresses.length === 0 ? [] : [line('Addresses', document.addresses.map(clean).join(', '))]),
    line('Closings', countText(counts.closings, counts.cancelled, 'had not been surveyed yet')),
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    line('Messages', countText(counts.messages, counts.outboxMessages, 'in the outbox')),
    line('Answers', `${counts.answers}; ratings are kept, comments are erased`),
    line('Cards', cardsText(document)),
    ...(counts.recordings === 0 ? [] : [line('Recordings', String(counts.recordings))]),
    ...(counts.unsubscribed === 0
      ? []
      : [line('Unsubscribed', `${counts.unsubscribed}; a keyed hash of each is kept`)]),
    ...(stuck.length === 0 ? [] : [`Still to be erased, ${cards.open} of them cards:`, ...stuck]),
    'Not erased: what was already sent (messages, alerts, notes in Gladly), and your backups and exports.',
  ].join('\n');
}

const title: Record<ForgetDocument['outcome'], string> = {
  forgotten: 'Forgotten.',
  would_forget: 'This would be erased:',
  already_forgotten: '',
  declined: 'Nothing was erased.',
};

function countText(count: number, part: number, what: string): string {
  return part === 0 ? String(count) : `${count}, ${part} of them ${what}`;
}

function cardsText({ outcome, counts, cards }: ForgetDocument): string {
  if (cards.kept > 0) return `${cards.kept}; they stay in Gladly, as asked`;
  if (outcome !== 'forgotten') return `${counts.cards}; also deleted in Gladly`;
  return `${cards.deleted} deleted in Gladly`;
}
