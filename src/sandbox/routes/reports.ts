import { stringify } from 'csv-stringify/sync';
import { isObject } from '../../domain/values/json.ts';
import { isTimeZone } from '../../domain/values/time-zone.ts';
import { problem, Refusal, type Problem } from '../errors.ts';
import { eventsBetween } from '../events.ts';
import { jsonBody, type JsonObject, type Route } from '../exchange.ts';
import type { Faults } from '../faults.ts';
import { reports, type Report } from '../reports.ts';
import { hour, startOfDate } from '../time.ts';
import type { World } from '../world/world.ts';

/** Reports are about this far behind real time. */
const behind = hour;

const filterNames = ['channel', 'inboxes', 'teams', 'phoneNumber'];

interface ReportRequest {
  metricSet: string;
  report: Report;
  timezone: string;
  startAt: string;
  endAt: string;
}

function isDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const at = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value);
}

function dateProblems(body: JsonObject, metricSet: string): Problem[] {
  if (body.startAtTime !== undefined || body.endAtTime !== undefined)
    return [problem('invalid', `startAtTime and endAtTime cannot be used with ${metricSet}`, 'startAtTime')];
  const problems: Problem[] = [];
  for (const name of ['startAt', 'endAt'] as const) {
    if (body[name] === undefined) problems.push(problem('blank', `${name} must be specified`, name));
    else if (!isDate(body[name]))
      problems.push(problem('invalid', `${name} must be a date YYYY-mm-dd`, name));
  }
  if (isDate(body.startAt) && isDate(body.endAt) && body.endAt < body.startAt)
    problems.push(problem('invalid', 'endAt must not be before startAt', 'endAt'));
  return problems;
}

function checked(world: World, body: JsonObject): ReportRequest {
  const { metricSet, timezone = world.setting.directory.organization.timezone, filters } = body;
  if (metricSet === undefined || metricSet === '')
    throw new Refusal(400, [problem('blank', 'metricSet must be specified', 'metricSet')]);
  const report =
    typeof metricSet === 'string' && Object.hasOwn(reports, metricSet) ? reports[metricSet] : null;
  if (report === null || report === undefined || typeof metricSet !== 'string')
    throw new Refusal(400, [
      problem('invalid', 'the specified metricSet is not available here', 'metricSet'),
    ]);
  const problems = dateProblems(body, metricSet);
  if (typeof timezone !== 'string' || !isTimeZone(timezone))
    problems.push(problem('invalid', 'timezone must be an IANA name', 'timezone'));
  if (body.aggregationLevel !== undefined && body.aggregationLevel !== null)
    problems.push(
      problem('invalid', 'the specified value is not a valid aggregation level', 'aggregationLevel'),
    );
  if (filters !== undefined && !isObject(filters))
    problems.push(problem('invalid', 'filters must be an object', 'filters'));
  for (const name of Object.keys(isObject(filters) ? filters : {})) {
    const detail = filterNames.includes(name)
      ? `the ${name} filter cannot be applied to the ${metricSet} metricSet`
      : `there is no filter named ${name}`;
    problems.push(problem('invalid', detail, `filters.${name}`));
  }
  if (problems.length > 0 || typeof timezone !== 'string' || !isDate(body.startAt) || !isDate(body.endAt))
    throw new Refusal(400, problems);
  return { metricSet, report, timezone, startAt: body.startAt, endAt: body.endAt };
}

/** Rows per call of the CSV writer, because a call costs much more than a row. */
const rowsAtOnce = 200;

function* csvLines(
  world: World,
  { report, timezone, startAt, endAt }: ReportRequest,
  faults: Faults,
): Iterable<string> {
  if (faults.reportBlankLines > 0) yield `${'\r\n'.repeat(faults.reportBlankLines)}\ufeff`;
  let rows: string[][] = [[...report.columns]];
  const from = startOfDate(startAt, timezone, 0);
  const until = Math.min(startOfDate(endAt, timezone, 1), world.now() - (faults.reportLagMs ?? behind));
  const events = eventsBetween(world, from, until);
  if (faults.reportReversed > 0) events.reverse();
  let left = faults.reportRowCap ?? Number.POSITIVE_INFINITY;
  for (const event of events) {
    const row = report.row(event, world.setting.directory, timezone);
    if (row === null) continue;
    if (left <= 0) break;
    left -= 1;
    rows.push(report.columns.map((column) => row[column] ?? ''));
    if (rows.length < rowsAtOnce) continue;
    yield stringify(rows);
    rows = [];
  }
  yield stringify(rows);
}

/** POST /reports, for the two reports that have every event: for any date, about an hour behind. */
export const reportRoutes = (faults: () => Faults): readonly Route<World>[] => [
  {
    method: 'POST',
    pattern: '/api/v1/reports',
    handle: (world, request) => {
      const wanted = checked(world, jsonBody(request));
      const dates = [wanted.startAt, wanted.endAt].map((date) => date.replaceAll('-', '')).join('-');
      return {
        status: 200,
        headers: {
          'Content-Type': 'text/csv; charset=utf-8',
          'Content-Disposition': `attachment; filename=${wanted.metricSet}-${dates}.csv`,
        },
        lines: csvLines(world, wanted, faults()),
      };
    },
  },
];
