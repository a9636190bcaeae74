import type { DocumentItem, SurveyDocument } from '../domain/survey-document.ts';
import type { Output, Paint } from './output.ts';
import { table, wrap } from './table.ts';
import { clean } from './text.ts';
import { localTime } from './time.ts';

type Screen = Pick<Output, 'columns' | 'paint' | 'verbose'>;

/** A timeline may have a thousand items: without -v only what surrounds the verdict is shown. */
const shownItems = 14;

/** What `attribute` and `replay` tell a person about one conversation. */
export function surveyView(document: SurveyDocument, screen: Screen): string {
  return [headView(document, screen), timelineView(document, screen), verdictView(document, screen)].join(
    '\n',
  );
}

function headView({ conversation, customer, conversationId }: SurveyDocument, { paint }: Screen): string {
  const topics = conversation?.topics.map(({ id, name }) => name ?? id).join(', ') ?? '';
  const address = customer?.email ?? customer?.phone ?? null;
  const lines: [string, string][] = [
    ['Conversation', conversationId],
    ['Status', `${conversation?.status ?? '-'}${closedText(conversation?.closedAt ?? null)}`],
    [
      'Customer',
      `${customer?.name ?? customer?.id ?? '-'}${address === null ? ', no address' : ` <${address}>`}`,
    ],
    ['Inbox', conversation?.inbox?.name ?? conversation?.inbox?.id ?? '-'],
    ['Topics', topics === '' ? '-' : topics],
    ['Owner', conversation?.assignedAgentName ?? conversation?.assignedAgentId ?? 'nobody'],
  ];
  return lines.map(([label, value]) => `${paint.dim(label.padEnd(13))} ${clean(value)}`).join('\n');
}

function closedText(closedAt: string | null): string {
  return closedAt === null ? '' : ` at ${localTime(closedAt, null)}`;
}

function timelineView(
  { timeline, attribution }: SurveyDocument,
  { columns, paint, verbose }: Screen,
): string {
  const considered = timeline?.considered ?? [];
  if (considered.length === 0) return `\n${paint.bold('Timeline')} is empty\n`;
  const winner = considered.findIndex(({ why }) => why === 'last response');
  const { from, until } = window(considered.length, winner, verbose ? considered.length : shownItems);
  const rows = considered.slice(from, until);
  const isWinner = (item: DocumentItem): boolean =>
    item.why === 'last response' && item.itemId === attribution?.itemId;
  const body = table(
    rows,
    [
      { title: ' ', value: (item) => (isWinner(item) ? '▶' : ' '), overflow: 'keep' },
      { title: 'When (UTC)', value: ({ at }) => shortTime(at), overflow: 'keep' },
      { title: 'Item', value: ({ type }) => type.toLowerCase().replaceAll('_', ' ') },
      { title: 'By', value: (item) => item.agentName ?? item.agentId ?? item.initiator ?? '-' },
      { title: 'Counts?', value: ({ counts, why }) => `${counts ? 'yes' : 'no'}, ${why}` },
    ],
    { width: Math.min(columns, 100), heading: paint.dim },
  )
    .split('\n')
    .map((line) => (line.startsWith('▶') ? paint.green(line) : line))
    .join('\n');
  const hidden = considered.length - rows.length;
  const more = hidden > 0 ? paint.dim(`\n  … ${hidden} more items, -v shows them`) : '';
  const cut = timeline?.truncated === true ? ' (cut by Gladly, its end is hidden)' : '';
  return `\n${paint.bold('Timeline')} ${considered.length} items${cut}\n${body}${more}\n`;
}

/** The part of the list to show: around the winner, else its end. */
function window(length: number, winner: number, size: number): { from: number; until: number } {
  if (length <= size) return { from: 0, until: length };
  const centre = winner < 0 ? length - 1 : winner;
  const from = Math.min(Math.max(0, centre - Math.floor(size / 2)), length - size);
  return { from, until: from + size };
}

function shortTime(at: string | null): string {
  return at === null ? '-' : at.slice(5, 19).replace('T', ' ');
}

function verdictView(document: SurveyDocument, screen: Screen): string {
  const { paint } = screen;
  const lines = [creditLine(document, paint), outcomeLine(document, paint)];
  for (const { code, detail } of document.reasons) {
    const text = wrap(`${code}: ${clean(detail)}`, Math.max(20, Math.min(screen.columns, 100) - 4));
    lines.push(...text.map((part, index) => `  ${index === 0 ? '•' : ' '} ${part}`));
  }
  const { survey } = document;
  if (survey !== null) {
    lines.push(`${paint.dim('Survey'.padEnd(13))} ${survey.id} by ${survey.provider}`);
    lines.push(`${paint.dim('Link'.padEnd(13))} ${paint.cyan(survey.url)}`);
  }
  for (const { itemId, status, durationSeconds, path } of document.recordings) {
    const length = durationSeconds === null ? '' : `, ${durationSeconds} s`;
    const place = path === null ? '' : `, ${path}`;
    lines.push(
      `${paint.dim('Recording'.padEnd(13))} ${clean(itemId)} ${clean(status ?? 'unknown')}${length}${clean(place)}`,
    );
  }
  const { gladly, retried } = document.requests;
  lines.push(paint.dim(`${gladly} requests to Gladly${retried > 0 ? `, ${retried} of them repeated` : ''}`));
  return lines.join('\n');
}

function creditLine({ attribution }: SurveyDocument, paint: Paint): string {
  const label = paint.dim('Credit'.padEnd(13));
  if (attribution === null) return `${label} nobody`;
  const { agent, channel, respondedAt } = attribution;
  const who = clean(agent.name ?? agent.id ?? 'an agent whom Gladly does not name');
  const email = agent.email === null ? '' : ` <${clean(agent.email)}>`;
  const response = `last response by ${channel ?? 'an unknown channel'} at ${localTime(respondedAt, null)}`;
  return `${label} ${paint.bold(who)}${email}\n${' '.repeat(14)}${response}`;
}

function outcomeLine({ outcome, survey, error, customer }: SurveyDocument, paint: Paint): string {
  const label = paint.dim('Verdict'.padEnd(13));
  // Of several numbers the document shows one, which need not be the mobile that the SMS went to.
  const to =
    survey?.provider === 'gladly-sms' ? 'by SMS' : `to ${clean(customer?.email ?? customer?.phone ?? '')}`;
  switch (outcome) {
    case 'sent':
      return `${label} ${paint.green('✔ sent')} ${to}`;
    case 'would_send':
      return `${label} ${paint.green('would be sent')} ${to}`;
    case 'scheduled':
      return `${label} ${paint.cyan('scheduled')} for ${localTime(survey?.dueAt ?? null, null)}`;
    case 'suppressed':
      return `${label} ${paint.yellow('no survey')}, because`;
    case 'already_surveyed':
      return `${label} ${paint.yellow('already surveyed')}${typeof survey?.sentAt === 'string' ? ` on ${localTime(survey.sentAt, null)}` : ''}`;
    case 'uncertain':
      return `${label} ${paint.yellow('uncertain')}: the message may have left; settle it with \`gcsat surveys retry\``;
    case 'failed':
      return `${label} ${paint.red('failed')}: ${clean(error?.message ?? '')}`;
  }
}
