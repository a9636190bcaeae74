import type { EvidenceItem } from '../domain/attribution/evidence.ts';
import { traitsOf } from '../domain/delivery.ts';
import type { SurveyDocument } from '../documents/survey.ts';
import { labelled } from './narrow.ts';
import type { Output, Paint } from './output.ts';
import { fullHourText, pauseText } from './pause-view.ts';
import { table, wrap, type Column } from './table.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';
import { readableTimes } from './readable-times.ts';

type Screen = Pick<Output, 'columns' | 'paint' | 'verbose'>;

/** With fewer columns, those of an item are too narrow to read. */
const leastForColumns = 60;
/** A timeline may have a thousand items; without -v, only those around the winner are shown. */
const shownItems = 14;
const shownTextLines = 8;

/** The result of `attribute` and `replay` for one conversation. */
export function surveyView(document: SurveyDocument, screen: Screen): string {
  return [headView(document, screen), timelineView(document, screen), verdictView(document, screen)].join(
    '\n',
  );
}

function headView({ conversation, customer, conversationId, brand }: SurveyDocument, screen: Screen): string {
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
    ...(brand === null ? [] : ([['Brand', brand]] as [string, string][])),
    ['Topics', topics === '' ? '-' : topics],
    ['Assignee', conversation?.assignedAgentName ?? conversation?.assignedAgentId ?? 'none'],
  ];
  return lines.map(([label, value]) => labelled(label, clean(value), screen)).join('\n');
}

function closedText(closedAt: string | null): string {
  return closedAt === null ? '' : ` at ${localTime(closedAt, null)}`;
}

function timelineView(
  { timeline, attribution }: SurveyDocument,
  { columns, paint, verbose }: Screen,
): string {
  const { considered, omitted } = timeline ?? { considered: [], omitted: null };
  if (considered.length === 0) return `\n${paint.bold('Timeline')} is empty\n`;
  const winner = considered.findIndex(({ why }) => why === 'last response');
  const { from, until } = window(considered.length, winner, verbose ? considered.length : shownItems);
  const rows = considered.slice(from, until);
  const isWinner = (item: EvidenceItem): boolean =>
    item.why === 'last response' && item.itemId === attribution?.itemId;
  const what: Column<EvidenceItem>[] =
    columns < leastForColumns
      ? [
          {
            title: 'Item',
            value: (item) => `${kindOf(item)}, ${authorOf(item)}: ${countsOf(item)}`,
            overflow: 'wrap',
          },
        ]
      : [
          { title: 'Item', value: kindOf },
          { title: 'By', value: authorOf },
          { title: 'Counts?', value: countsOf },
        ];
  const body = table(
    rows,
    [
      { title: ' ', value: (item) => (isWinner(item) ? '▶' : ' '), overflow: 'keep' },
      { title: 'When (UTC)', value: ({ at }) => shortTime(at), overflow: 'keep' },
      ...what,
    ],
    { width: Math.min(columns, 100), heading: paint.dim },
  )
    .split('\n')
    .map((line) => (line.startsWith('▶') ? paint.green(line) : line))
    .join('\n');
  const hidden = considered.length - rows.length;
  const more = hidden > 0 ? paint.dim(`\n  … ${hidden} more items, -v shows them`) : '';
  const left =
    omitted === null ? '' : paint.dim(`\n  … ${omitted.items} more timeline items are counted but not kept`);
  const cut = timeline?.truncated === true ? ' (cut off by Gladly, the end is missing)' : '';
  return `\n${paint.bold('Timeline')} ${timeline?.items ?? 0} items${cut}\n${body}${more}${left}\n`;
}

/** The part of the list to show: around the winner, or its end if there is none. */
function window(length: number, winner: number, size: number): { from: number; until: number } {
  if (length <= size) return { from: 0, until: length };
  const center = winner < 0 ? length - 1 : winner;
  const from = Math.min(Math.max(0, center - Math.floor(size / 2)), length - size);
  return { from, until: from + size };
}

function kindOf({ type }: EvidenceItem): string {
  return type.toLowerCase().replaceAll('_', ' ');
}

function authorOf({ agentName, agentId, initiator }: EvidenceItem): string {
  return agentName ?? agentId ?? initiator ?? '-';
}

function countsOf({ counts, why }: EvidenceItem): string {
  return `${counts ? 'yes' : 'no'}, ${why}`;
}

function shortTime(at: string | null): string {
  return at === null ? '-' : at.slice(5, 19).replace('T', ' ');
}

function verdictView(document: SurveyDocument, screen: Screen): string {
  const { paint } = screen;
  const lines = [...creditLines(document, screen), outcomeLine(document, screen)];
  for (const { code, detail } of document.reasons) {
    const text = wrap(
      `${code}: ${clean(readableTimes(detail))}`,
      Math.max(20, Math.min(screen.columns, 100) - 4),
    );
    lines.push(...text.map((part, index) => `  ${index === 0 ? '•' : ' '} ${part}`));
  }
  const { survey } = document;
  if (survey !== null) {
    lines.push(labelled('Survey', `${survey.id} by ${survey.provider}`, screen));
    if (survey.url !== null) lines.push(labelled('Link', paint.cyan(survey.url), screen));
  }
  for (const { itemId, status, durationSeconds, path } of document.recordings) {
    const length = durationSeconds === null ? '' : `, ${durationSeconds} s`;
    const place = path === null ? '' : `, ${path}`;
    const facts = `${clean(itemId)} ${clean(status ?? 'unknown')}${length}${clean(place)}`;
    lines.push(labelled('Recording', facts, screen));
  }
  const { gladly, retried } = document.requests;
  lines.push(paint.dim(`${gladly} requests to Gladly${retried > 0 ? `, ${retried} of them retries` : ''}`));
  return lines.join('\n');
}

function creditLines({ attribution, responseText }: SurveyDocument, screen: Screen): string[] {
  if (attribution === null) return [labelled('Credit', 'no agent', screen)];
  const { agent, channel, respondedAt } = attribution;
  const who = clean(agent.name ?? agent.id ?? 'an agent that Gladly does not name');
  const email = agent.email === null ? '' : ` <${clean(agent.email)}>`;
  const response = `last response by ${channel ?? 'an unknown channel'} at ${localTime(respondedAt, null)}`;
  return [
    labelled('Credit', `${screen.paint.bold(who)}${email}`, screen),
    labelled('', response, screen),
    ...(responseText === null ? [] : quotedLines(responseText, screen)),
  ];
}

/** What the agent wrote, with each line marked so that none can pass for one of ours. */
function quotedLines(text: string, { columns, paint, verbose }: Screen): string[] {
  const width = Math.max(20, Math.min(columns, 100) - 4);
  const lines = text.split(/\r?\n/).flatMap((line) => wrap(clean(line), width));
  const shown = verbose ? lines : lines.slice(0, shownTextLines);
  const more = lines.length > shown.length ? [`  ${paint.dim('│ … (-v shows all)')}`] : [];
  return [...shown.map((line) => `  ${paint.dim('│')} ${line}`), ...more];
}

function outcomeLine(document: SurveyDocument, screen: Screen): string {
  return labelled('Verdict', outcomeText(document, screen.paint), screen);
}

function outcomeText(
  { outcome, survey, pause, fullHour, error, customer }: SurveyDocument,
  paint: Paint,
): string {
  // The document shows only one of several numbers, perhaps not the one that the SMS went to.
  const to =
    survey !== null && traitsOf(survey.provider).addressKind === 'mobile'
      ? 'by SMS'
      : `to ${clean(customer?.email ?? customer?.phone ?? '')}`;
  switch (outcome) {
    case 'sent':
      return `${paint.green('✔ sent')} ${to}`;
    case 'would_send':
      return `${paint.green('would be sent')} ${to}`;
    case 'scheduled':
      if (pause !== null) return `${paint.cyan('waits')}: ${pauseText(pause)}`;
      if (fullHour !== null) return `${paint.cyan('waits')}: ${fullHourText(fullHour)}`;
      return `${paint.cyan('scheduled')} for ${localTime(survey?.dueAt ?? null, null)}`;
    case 'suppressed':
      return `${paint.yellow('no survey')}, because`;
    case 'already_surveyed':
      return `${paint.yellow('already surveyed')}${typeof survey?.sentAt === 'string' ? ` on ${localTime(survey.sentAt, null)}` : ''}`;
    case 'uncertain':
      return `${paint.yellow('uncertain')}: the message may have left; it is not resent automatically`;
    case 'failed':
      return `${paint.red('failed')}: ${clean(error?.message ?? '')}`;
  }
}
