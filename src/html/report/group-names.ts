import type { ReportField, ReportFilters, ReportKey, ReportName } from '../../documents/report.ts';
import { singleLine } from '../single-line.ts';

const longestName = 80;

const none: Readonly<Record<ReportField, string>> = {
  agent: 'No agent',
  inbox: 'No inbox',
  topic: 'No topic',
  channel: 'No channel',
  brand: 'No brand',
  day: 'No day',
  week: 'No week',
  month: 'No month',
  reason: 'No reason',
};

/** The groups in words, as `agent` and `agents`; with two fields only `group`. */
export function nounsOf(by: readonly ReportField[]): { one: string; more: string } {
  const [field] = by;
  if (field === undefined || by.length > 1) return { one: 'group', more: 'groups' };
  return { one: field, more: field === 'inbox' ? 'inboxes' : `${field}s` };
}

/** A row's name on one line; with two fields, both parts. */
export function groupName(key: ReportKey, by: readonly ReportField[]): string {
  return by.map((field) => partName(key[field] ?? null, field)).join(' · ');
}

function partName(part: ReportName | string | null, field: ReportField): string {
  if (part === null) return none[field];
  const name = typeof part === 'string' ? part : (part.name ?? part.id);
  return shown(name) ?? (typeof part === 'string' ? none[field] : part.id);
}

/** Null if nothing in it is visible. */
export function shown(name: string | null): string | null {
  const line = singleLine(name ?? '', longestName);
  return line === '' ? null : line;
}

/** `Agent: Maria Lopez`, one line for each kind of filter. */
export function filterLines({
  agents,
  inboxes,
  topics,
  channels,
  brands,
  imported,
}: ReportFilters): string[] {
  const named = (names: readonly ReportName[]): string[] => names.map(({ id, name }) => shown(name) ?? id);
  return (
    [
      ['Agent', 'Agents', named(agents)],
      ['Inbox', 'Inboxes', named(inboxes)],
      ['Topic', 'Topics', named(topics)],
      ['Channel', 'Channels', channels],
      ['Brand', 'Brands', brands],
      ['Imported', 'Imported', { with: [], without: ['none'], only: ['only'] }[imported]],
    ] as const
  ).flatMap(([one, more, names]) =>
    names.length === 0
      ? []
      : [`${names.length === 1 ? one : more}: ${names.map((name) => shown(name)).join(', ')}`],
  );
}
