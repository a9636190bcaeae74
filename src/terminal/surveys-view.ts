import type { ClosingState } from '../domain/closing/transitions.ts';
import { reasonWords } from '../domain/eligibility/reason-words.ts';
import type { SurveyEntry } from '../documents/surveys.ts';
import { isNarrow, records, type Screen } from './narrow.ts';
import { redact } from './redact.ts';
import { reminderCell } from './reminder-view.ts';
import {
  byDelivery,
  customerName,
  deliveryText,
  saidText,
  scoreText,
  stateShade,
  stateText,
} from './survey-cells.ts';
import { table, wrap, type Column } from './table.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';
import { namedZone } from './readable-times.ts';

/** The story shows a message that is leaving; the list does not. */
type Entry = Omit<SurveyEntry, 'state'> & { state: ClosingState; dryRun?: boolean };

/**
 * Says that a list is empty.
 *
 * @param customer the only customer asked for, as typed
 */
export function noClosings(customer?: string): string {
  if (customer === undefined) return 'No closings.';
  return `No closings of ${clean(customer)} in this ledger. Check the spelling, or leave out the other filters.`;
}

/**
 * Closings of the ledger, at least one, as a table. `nextSteps` says what to type about those that need a person.
 *
 * @param lowRating ratings up to this one are shown as open or done; null: not shown
 */
export function surveysView(
  entries: readonly Entry[],
  screen: Screen,
  lowRating: number | null = null,
  time: ListedTime = 'closedAt',
): string {
  const { columns, paint } = screen;
  const zone = namedZone();
  const shape: [Column<Entry>, Column<Entry>, ...Column<Entry>[]] = [
    {
      title: `${timeTitles[time]}${zone === null ? ' (UTC)' : ''}`,
      value: (entry) => {
        const at = timeIn(entry, time);
        if (at === null) return 'uncertain';
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
      value: (entry) => scoreText(entry, lowRating),
      overflow: 'keep',
    },
    { title: 'Why', value: whyOf, overflow: isNarrow(columns) ? 'wrap' : 'cut' },
    { title: 'Conversation', value: ({ conversationId }) => conversationId, overflow: 'keep' },
  ];
  if (isNarrow(columns)) return records(entries, shape, screen);
  if (columns < leastForTable) return pairs(entries, shape, screen);
  return table(entries, shape, { width: columns, heading: paint.dim });
}

/** With fewer columns than this, the table's eight would be too narrow to read. */
const leastForTable = 120;

/** Two lines per closing: the short values in columns and, below them, who and why. */
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

/** What the first column shows: when the conversation closed, the customer was asked, or the customer answered. */
export type ListedTime = keyof typeof timeTitles;

const timeTitles = { closedAt: 'Closed', sentAt: 'Asked', answeredAt: 'Answered' } as const;

function timeIn({ closedAt, sentAt, answer }: Entry, time: ListedTime): string | null {
  return { closedAt, sentAt, answeredAt: answer?.answeredAt ?? null }[time];
}

/** For an answer: what the customer said, and the last note about what was done. */
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
