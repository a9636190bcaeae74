import type { DoctorCheck, DoctorDocument, SupportDocument } from '../documents/doctor.ts';
import { flow, type Screen } from './narrow.ts';
import { columnsWithoutTerminal } from './output.ts';
import { redact } from './redact.ts';
import { clean } from './text.ts';

const symbols: Record<DoctorCheck['status'], string> = {
  ok: '✔',
  warning: '!',
  error: '✘',
  skipped: '–',
  broken: '?',
};
const order: readonly DoctorCheck['status'][] = ['error', 'broken', 'warning', 'skipped', 'ok'];
const nouns: Record<DoctorCheck['status'], readonly [one: string, many: string]> = {
  error: ['error', 'errors'],
  broken: ['broken check', 'broken checks'],
  warning: ['warning', 'warnings'],
  skipped: ['skipped', 'skipped'],
  ok: ['ok', 'ok'],
};
const indent = '    ';

/** One line per check and, below each problem, why it matters and what to do next. */
export function doctorView({ checks }: DoctorDocument, screen: Screen): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const alike = screen.columns < columnsWithoutTerminal ? checks.filter(isGrouped) : [];
  const grouped = new Set(alike.length < fewest ? [] : alike);
  const lines = checks
    .filter((check) => !grouped.has(check))
    .flatMap((check) => linesOf(check, width, screen));
  if (grouped.size > 0) lines.push(...groupLines([...grouped], screen));
  const counts = order.flatMap((status) => {
    const count = checks.filter((check) => check.status === status).length;
    return count === 0 ? [] : [`${count} ${nouns[status][count === 1 ? 0 : 1]}`];
  });
  const all = checks.length === 1 ? '1 check' : `${checks.length} checks`;
  return [...lines, '', `${all}: ${counts.join(', ')}`].join('\n');
}

/** Fewer skipped checks than this get a line each. */
const fewest = 4;

/** Whether a check was skipped because of another check or --offline, not for a reason of its own. */
function isGrouped({ status, summary }: DoctorCheck): boolean {
  return status === 'skipped' && /^not checked(?:, because of| with) /.test(summary);
}

/** `– skipped  12 because of ledger.open, 9 not checked with --offline`. */
function groupLines(checks: readonly DoctorCheck[], { paint, columns }: Screen): string[] {
  const counts = new Map<string, number>();
  for (const { summary } of checks) {
    const why = summary.replace(/^not checked, /, '');
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  const reasons = [...counts].map(([why, count]) => `${count} ${why}`).join(', ');
  const head = `${symbols.skipped} skipped  `;
  return flow(textOf(reasons), columns - head.length - 1).map(
    (line, index) => `${index === 0 ? paint.dim(head) : ' '.repeat(head.length)}${line}`,
  );
}

function linesOf({ id, status, summary, detail, fix }: DoctorCheck, width: number, screen: Screen): string[] {
  const { paint, columns } = screen;
  const shade = { ok: paint.green, warning: paint.yellow, error: paint.red, broken: paint.red }[
    status as 'ok'
  ] as ((text: string) => string) | undefined;
  const head = `${symbols[status]} ${status.padEnd(7)}  ${id.padEnd(width)}  `;
  const painted = `${(shade ?? paint.dim)(head.slice(0, 9))}${head.slice(9)}`;
  const room = Math.max(columns - head.length - 1, 20);
  const [first = '', ...rest] = flow(textOf(summary), room);
  const more = (text: string): string[] =>
    flow(textOf(text), columns - indent.length - 1).map((line) => `${indent}${line}`);
  return [
    `${painted}${first}`.trimEnd(),
    ...rest.map((line) => `${' '.repeat(head.length)}${line}`),
    ...(detail === null || status === 'ok' ? [] : more(detail).map((line) => paint.dim(line))),
    ...(fix === null ? [] : more(`Next: ${fix}`).map((line) => paint.bold(line))),
  ];
}

function textOf(text: string): string {
  return clean(redact(text));
}

/** For pasting: plain lines without colors. */
export function supportBlock({ versions, settings, counts, checks }: SupportDocument): string {
  const { gcsat, node, platform } = versions;
  return [
    '--- `gcsat doctor --support`: no secrets, names, addresses, or paths ---',
    `gcsat ${gcsat}, Node.js ${node}, ${platform}`,
    '',
    ...Object.entries(settings).map(([name, { value, origin }]) => clean(`${name}=${value} (${origin})`)),
    '',
    counts === null
      ? 'counts: unknown'
      : Object.entries(counts)
          .map(([name, count]) => `${name}=${count}`)
          .join(' '),
    '',
    ...checks.map(({ id, status, code }) => `${id}: ${status}${code === null ? '' : ` (${code})`}`),
    '--- end ---',
  ].join('\n');
}
