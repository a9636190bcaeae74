import type { ExportRow } from '../documents/export.ts';
import { csvLine } from './csv.ts';

type Cell = string | number | boolean | null;

interface Named {
  id: string;
  name: string | null;
}

/** The columns of the CSV, in order: named like the fields, nested names joined by a dot. */
const columns: readonly (readonly [title: string, cell: (row: ExportRow) => Cell | undefined])[] = [
  ['closingId', (row) => row.closingId],
  ['conversationId', (row) => row.conversationId],
  ['closedAt', (row) => row.closedAt],
  ['state', (row) => row.state],
  ['reasons', (row) => list(row.reasons.map(({ code }) => code))],
  ['customer.id', ({ customer }) => customer?.id],
  ['customer.name', ({ customer }) => customer?.name],
  ['customer.email', ({ customer }) => customer?.email],
  ['customer.phone', ({ customer }) => customer?.phone],
  ['agent.id', ({ agent }) => agent?.id],
  ['agent.name', ({ agent }) => agent?.name],
  ['agent.email', ({ agent }) => agent?.email],
  ['respondedAt', (row) => row.respondedAt],
  ['channel', (row) => row.channel],
  ['assignee.id', ({ assignee }) => assignee?.id],
  ['assignee.name', ({ assignee }) => assignee?.name],
  ['responders', (row) => list(row.responders.map(nameOf))],
  ['responders.id', (row) => list(row.responders.map(({ id }) => id))],
  ['inbox.id', ({ inbox }) => inbox?.id],
  ['inbox.name', ({ inbox }) => inbox?.name],
  ['topics', (row) => list(row.topics.map(nameOf))],
  ['topics.id', (row) => list(row.topics.map(({ id }) => id))],
  ['brand', (row) => row.brand],
  ['survey.id', ({ survey }) => survey?.id],
  ['survey.provider', ({ survey }) => survey?.provider],
  ['survey.sentAt', ({ survey }) => survey?.sentAt],
  ['survey.openedAt', ({ survey }) => survey?.openedAt],
  ['survey.remindedAt', ({ survey }) => survey?.remindedAt],
  ['answer.rating', ({ answer }) => answer?.rating],
  ['answer.resolved', ({ answer }) => answer?.resolved],
  ['answer.reason', ({ answer }) => answer?.reason],
  ['answer.comment', ({ answer }) => answer?.comment],
  ['answer.answeredAt', ({ answer }) => answer?.answeredAt],
  ['answer.revision', ({ answer }) => answer?.revision],
  ['card.itemId', ({ card }) => card?.itemId],
  ['card.postedAt', ({ card }) => card?.postedAt],
  ['notes', (row) => list(row.notes.map(({ text }) => text))],
  ['notes.at', (row) => list(row.notes.map(({ at }) => at))],
  ['notes.done', (row) => list(row.notes.map(({ done }) => String(done)))],
  ['imported.id', ({ imported }) => imported?.id],
  ['imported.askedAt', ({ imported }) => imported?.askedAt],
  ['medallia.uuid', ({ medallia }) => medallia?.uuid],
  ['medallia.deliveryStatus', ({ medallia }) => medallia?.deliveryStatus],
  ['medallia.requestedAt', ({ medallia }) => medallia?.requestedAt],
  ['medallia.sentAt', ({ medallia }) => medallia?.sentAt],
  ['medallia.deliveredAt', ({ medallia }) => medallia?.deliveredAt],
  ['answer.question.kind', ({ answer }) => answer?.question?.kind],
  ['answer.question.text', ({ answer }) => answer?.question?.text],
  ['answer.question.answer', ({ answer }) => answer?.question?.answer],
];

export const exportHeading = (): string => csvLine(columns.map(([title]) => title));

export function exportLine(row: ExportRow): string {
  return csvLine(columns.map(([, cell]) => cell(row)));
}

function list(values: readonly string[]): string {
  return values.join('; ');
}

function nameOf({ id, name }: Named): string {
  return name ?? id;
}
