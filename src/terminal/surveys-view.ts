import type { ClosingState } from '../domain/closing/transitions.ts';
import { reasonWords } from '../domain/eligibility/reason-words.ts';
import type { NotedSurvey, SurveyEntry, SurveyStory } from '../documents/surveys.ts';
import { flow, isNarrow, labelled, records } from './narrow.ts';
import type { Output, Paint } from './output.ts';
import { redact } from './redact.ts';
import { alertText } from './alert-view.ts';
import { countText } from './count-view.ts';
import { reminderCell, reminderText } from './reminder-view.ts';
import { byDelivery, deliveryText, openedText, replyText, saidText, scoreText } from './survey-cells.ts';
import { nextSteps } from './surveys-next.ts';
import { table, wrap, type Column } from './table.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';
import { namedZone, readableTimes } from './readable-times.ts';

type Screen = Pick<Output, 'columns' | 'paint'>;

/** The story shows a message that is leaving; the list does not. */
type Entry = Omit<SurveyEntry, 'state'> & { state: ClosingState; dryRun?: boolean };

/**
 * Says that a list is empty.
 *
 * @param customer the only one who was asked for, as a person typed it
 */
export function noClosings(customer?: string): string {
  if (customer === undefined) return 'No closings.';
  return `No closings of ${clean(customer)} in this ledger. Check the spelling, or leave out the other filters.`;
}

/**
 * Closings of the ledger, at least one, as a table, and what to type about those that need a person.
 *
 * @param lowRating ratings up to this one are open or done; null: nothing is said about that
 */
export function surveysView(
  entries: readonly Entry[],
  screen: Screen,
  lowRating: number | null = null,
  time: ListedTime = 'closedAt',
): string {
  return [tableView(entries, screen, lowRating, time), ...nextSteps(entries, screen)].join('\n\n');
}

/** What the first column says: when the conversation closed, or when the customer was asked. */
export type ListedTime = 'closedAt' | 'sentAt';

function tableView(
  entries: readonly Entry[],
  screen: Screen,
  lowRating: number | null,
  time: ListedTime,
): string {
  const { columns, paint } = screen;
  const zone = namedZone();
  const shape: [Column<Entry>, Column<Entry>, ...Column<Entry>[]] = [
    {
      title: `${time === 'sentAt' ? 'Asked' : 'Closed'}${zone === null ? ' (UTC)' : ''}`,
      value: ({ [time]: at }) => {
        if (at === null) return 'not certain';
        return zone === null ? at.slice(0, 16).replace('T', ' ') : localTime(at, zone);
      },
      overflow: 'keep',
    },
    {
      title: 'State',
      value: stateText,
      overflow: 'keep',
      paint: (text, { state }) => stateShade(state, paint)(text),
    },
    { title: 'Agent', value: ({ agent }) => agent?.name ?? agent?.id ?? '-' },
    { title: 'Customer', value: customerName },
    { title: 'Delivery', value: deliveryText },
    {
      title: 'Score',
      value: ({ answer, notes }) => (answer === null ? '-' : scoreText(answer, notes, lowRating)),
      overflow: 'keep',
    },
    { title: 'Why', value: whyOf, overflow: isNarrow(columns) ? 'wrap' : 'cut' },
    { title: 'Conversation', value: ({ conversationId }) => conversationId, overflow: 'keep' },
  ];
  if (isNarrow(columns)) return records(entries, shape, screen);
  if (columns < leastForTable) return pairs(entries, shape, screen);
  return table(entries, shape, { width: columns, heading: paint.dim });
}

/** In a dry run, what would become of it. */
function stateText({ state, dryRun = false }: Pick<Entry, 'state' | 'dryRun'>, would = 'would be'): string {
  return dryRun ? `${would} ${state}` : state;
}

/** With less, eight columns are too narrow to read. */
const leastForTable = 120;

/** Two lines a closing: what is short in columns, and below it who and why. */
function pairs(
  entries: readonly Entry[],
  shape: readonly Column<Entry>[],
  { columns, paint }: Screen,
): string {
  const short = shape.filter(({ overflow }) => overflow === 'keep');
  const [heading = '', ...rows] = table(entries, short, { width: columns, heading: paint.dim }).split('\n');
  const lines = rows.flatMap((row, index) => {
    const entry = entries[index];
    if (entry === undefined) return [row];
    const agent = entry.agent?.name ?? entry.agent?.id ?? null;
    const how = byDelivery(entry);
    const who = `${customerName(entry)}${how}${agent === null ? '' : `, ${agent}`}`;
    const why = whyOf(entry);
    const text = clean(redact(why === '' ? who : `${who}: ${why}`));
    return [row, ...wrap(text, columns - 2).map((part) => paint.dim(`  ${part}`))];
  });
  return [heading, ...lines].join('\n');
}

function customerName({ customer, forgottenAt }: Pick<Entry, 'customer' | 'forgottenAt'>): string {
  return customer?.email ?? customer?.phone ?? customer?.id ?? (forgottenAt === null ? '-' : 'forgotten');
}

/** Ends a list that is cut. */
export function moreText(more: number): string {
  if (more <= 0) return '';
  return `\n\n${more} more ${more === 1 ? 'closing' : 'closings'}: --limit shows more, filters such as --since choose.`;
}

/** What was noted, or would be. */
export function noteView({ closingId, answer, notes, dryRun }: NotedSurvey): string {
  const note = notes.at(-1);
  const about = answer === null ? '' : ` about the ${answer.rating}/5`;
  const text = `${dryRun ? 'Would be noted' : 'Noted'}${about} of ${clean(closingId)}: ${clean(note?.text ?? '')}`;
  return note?.done === true ? `${text}\nNothing is left to do about it.` : text;
}

/** The whole story of one closing. */
export function surveyStoryView(story: SurveyStory & { dryRun?: boolean }, screen: Screen): string {
  const { columns, paint } = screen;
  // What a dry run adds comes last.
  const would = ({ length }: readonly unknown[], index: number): string =>
    story.dryRun === true && index === length - 1 ? 'would be recorded as ' : '';
  const line = (label: string, value: string): string => labelled(label, clean(value), screen);
  const attribution = story.evidence?.attribution ?? null;
  const lines = [
    line('Closing', story.closingId),
    line('Conversation', story.conversationId),
    `${paint.dim('State'.padEnd(13))} ${stateShade(story.state, paint)(stateText(story, 'would be recorded as'))}`,
    line('Customer', customerName(story)),
    line('Credit', story.agent?.name ?? story.agent?.id ?? 'no agent'),
    ...(story.brand === null ? [] : [line('Brand', story.brand)]),
  ];
  if (attribution !== null) {
    const { itemType, respondedAt, itemId } = attribution;
    const item = itemId === null ? itemType : `${itemType} ${itemId}`;
    lines.push(line('Evidence', `${item} at ${localTime(respondedAt, null)}`));
  }
  lines.push(
    ...story.reasons.map(({ code, detail }) =>
      line('Reason', `${reasonWords[code]}: ${readableTimes(detail)}`),
    ),
  );
  if (story.error !== null)
    lines.push(line('Error', readableTimes(`${story.error.message} (${story.error.hint})`)));
  const there = story.medallia?.deliveryStatus ?? null;
  if (there !== null) lines.push(line('There', `Agent Connect says: ${clean(there)}`));
  if (story.reminder !== null) lines.push(line('Reminder', reminderText(story.reminder)));
  if (story.count !== null) lines.push(line('Counted', countText(story.count)));
  if (story.imported !== null) lines.push(line('Imported', importedText(story)));
  if (story.surveyId !== null) lines.push(line('Survey', story.surveyId));
  if (story.url !== null) lines.push(line('Link', story.url));
  for (const [index, message] of story.messages.entries()) {
    const outcome = `${would(story.messages, index)}${message.outcome ?? 'on its way'}`;
    const how = `${message.provider} to ${message.address ?? 'no address'}: ${outcome}`;
    lines.push(line('Message', `${localTime(message.leftAt, null)} ${how}`));
  }
  for (const { kind, count, firstAt, lastAt } of story.visits) {
    const when =
      count === 1 ? localTime(firstAt, null) : `${localTime(firstAt, null)} to ${localTime(lastAt, null)}`;
    lines.push(line('Visits', `${kind} ${count === 1 ? 'once' : `${count} times`}, ${when}`));
  }
  const arrived = story.state === 'uncertain' ? openedText(story) : null;
  if (arrived !== null) lines.push(line('', `${arrived}, and --was-sent is right.`));
  for (const answer of story.answers) {
    const { rating, resolved, comment, revision, answeredAt, source } = answer;
    const said = resolved === null ? '' : resolved ? ', resolved' : ', not resolved';
    const which = `revision ${revision}, by ${source}`;
    lines.push(line('Answer', `${localTime(answeredAt, null)} ${rating}/5${said} (${which})`));
    if (answer.reason !== null) lines.push(line('Main reason', answer.reason));
    if (comment !== null && comment !== '') lines.push(line('Comment', comment));
    if (answer.question !== null) lines.push(line('Question', replyText(answer.question)));
  }
  for (const { at, text, done } of story.notes) {
    lines.push(line('Note', `${localTime(at, null)} ${text}${done ? ' (done)' : ''}`));
  }
  for (const { itemId, state, postedAt } of story.cards) {
    const posted = postedAt === null ? '' : `posted ${localTime(postedAt, null)}`;
    lines.push(
      line('Card', `${itemId} ${state === 'posted' ? posted : [posted, state].filter(Boolean).join(', ')}`),
    );
  }
  if (story.cardFailure !== null) {
    const { tries, retryAt, error } = story.cardFailure;
    const next = retryAt === null ? 'not tried again automatically' : `next try ${localTime(retryAt, null)}`;
    const count = tries === 1 ? '1 try' : `${tries} tries`;
    lines.push(line('No card yet', `${error.message} (${error.hint} ${count}, ${next}.)`));
  }
  lines.push(...story.alerts.map((alert) => line('Alert', alertText(alert))));
  lines.push('', paint.bold('History'));
  for (const [index, { at, transition, to, note }] of story.history.entries()) {
    const [time, step] = [localTime(at, null), `${transition} → ${would(story.history, index)}${to}`];
    const noted = note === null ? '' : `  ${clean(note)}`;
    if (isNarrow(columns)) {
      lines.push(`  ${time}`, ...flow(`${step}${noted}`, columns - 4).map((part) => `    ${part}`));
    } else {
      lines.push(`  ${time}  ${step}${noted}`);
    }
  }
  lines.push(...story.otherClosings.map((id) => line('Other closing', id)));
  return lines.join('\n');
}

function importedText({ imported, sentAt }: Pick<Entry, 'imported' | 'sentAt'>): string {
  const asked = sentAt === null ? 'not asked there' : `asked there on ${localTime(sentAt, null)}`;
  return `from Agent Connect, ${asked} (${imported ?? ''})`;
}

/** Of an answer what the customer said, and the last note of what was done about it. */
function whyOf({ reasons, error, state, dueAt, answer, notes, ...entry }: Entry): string {
  if (error !== null) return error.message;
  if (state === 'sent' && entry.reminderState !== null) return reminderCell(entry);
  const noted = notes.at(-1);
  const said = answer === null ? '' : saidText(answer);
  if (noted !== undefined)
    return `${said}${said === '' ? '' : ' '}→ ${noted.text}${noted.done ? ' (done)' : ''}`;
  if (said !== '') return said;
  if (state === 'scheduled' && dueAt !== null) return `due ${localTime(dueAt, null)}`;
  return reasons.map(({ code }) => reasonWords[code]).join(', ');
}

function stateShade(state: ClosingState, paint: Paint): (text: string) => string {
  switch (state) {
    case 'sent':
    case 'answered':
      return paint.green;
    case 'failed':
      return paint.red;
    case 'uncertain':
    case 'sending':
      return paint.yellow;
    case 'pending':
    case 'scheduled':
      return paint.cyan;
    case 'suppressed':
      return paint.dim;
  }
}
