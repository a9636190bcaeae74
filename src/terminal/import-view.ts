import type { ImportDocument, LeftCode } from '../documents/import.ts';
import { localTime } from '../domain/values/local-time.ts';
import { labelled } from './narrow.ts';
import type { Output } from './output.ts';
import { clean } from './text.ts';

/** More lines than this are only counted. */
const mostShown = 10;

/** What an import took and left out, or would take and leave out. */
export function importView(document: ImportDocument, screen: Pick<Output, 'columns' | 'paint'>): string {
  const { dryRun, taken, known, left, unreadable, leftRows, unreadableRows, range } = document;
  const line = (label: string, value: string): string => labelled(label, value, screen);
  const leftCounts = Object.entries(left) as [LeftCode, number][];
  const all = leftCounts.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${dryRun ? 'Would import' : 'Imported'} ${clean(document.file)}, ${document.rows} ${document.rows === 1 ? 'row' : 'rows'}.`,
    line('Answers', changedText(taken.answers, taken.changedAnswers)),
    line('Asked', `${taken.asked} without an answer`),
    line('Not asked', String(taken.notAsked)),
    line('Already known', String(known)),
    ...(range === null
      ? []
      : [line('From', `${localTime(range.since, null)} until ${localTime(range.until, null)}`)]),
    ...(document.unsubscribed === 0 ? [] : [line('Unsubscribed', `${document.unsubscribed} addresses`)]),
    line('Left out', String(all)),
    ...leftCounts.map(([code, count]) => `  ${count}: ${whyLeft[code]}${linesOf(code, leftRows)}`),
    ...(unreadable === 0 ? [] : [line('Unreadable', String(unreadable))]),
    ...unreadableRows.slice(0, mostShown).map((row) => `  line ${row.line}: ${clean(row.why)}`),
    ...(unreadable > mostShown ? [`  and ${unreadable - mostShown} more`] : []),
    ...agentLines(document.unknownAgents),
  ].join('\n');
}

function changedText(count: number, changed: number): string {
  return changed === 0 ? String(count) : `${count}, and ${changed} changed`;
}

const whyLeft: Record<LeftCode, string> = {
  own_request: 'gcsat requested them; `gcsat sync` reads their answers',
  surveyed_here: 'gcsat surveyed the closing, or has an answer to it',
  decided_here: 'no survey was sent there, and gcsat decided the closing itself',
  same_closing: 'an earlier row is about the same closing',
  recovery: 'a second survey, after a follow-up',
  forgotten: 'the customer was forgotten',
  expired: 'older than the `retention` period',
  no_time: 'not sent, and without a time',
};

function linesOf(code: LeftCode, rows: ImportDocument['leftRows']): string {
  const lines = rows.filter((row) => row.code === code).map(({ line }) => line);
  if (lines.length === 0) return '';
  const shown = lines.slice(0, mostShown).join(', ');
  return ` (${lines.length === 1 ? 'line' : 'lines'} ${shown}${lines.length > mostShown ? ', …' : ''})`;
}

function agentLines(unknown: readonly string[]): string[] {
  if (unknown.length === 0) return [];
  const more = unknown.length - mostShown;
  return [
    `${unknown.length === 1 ? 'One agent is' : `${unknown.length} agents are`} unknown to Gladly, and listed by email address ` +
      'or custom id:',
    ...unknown.slice(0, mostShown).map((id) => `  ${clean(id)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
