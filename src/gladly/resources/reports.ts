import { Problem, problemOf } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';
import { streamLimit } from '../../http/time-limit.ts';
import { emptyReport, recordsOf } from './report-table.ts';

export interface ReportRequest {
  /** Gladly's name of the report, e.g. `ConversationTimestampsReport`. */
  metricSet: string;
  /** First and last day, YYYY-MM-DD, both inclusive, in the time zone. */
  startAt: string;
  endAt: string;
  timezone: string;
}

/** Gladly makes a report while we wait; its own sample code allows this much for the answer. */
const patienceMs = 300_000;
/** A report that never comes is requested once more; after about ten minutes in all we give up. */
const secondTryMs = 30_000;

/**
 * The rows of a report, with the given columns only. Columns are found by their headings, in any order; a missing one
 * is a Failure of kind contract. After a failure before the first row, the report is requested again; a later failure
 * is thrown. The first row may take 5 minutes in each try; no try begins later than 5.5 minutes after the first.
 *
 * @throws Failure `report_empty` when the report is empty, without even headings, twice in a row
 */
export async function* readReport(
  requests: Requests,
  request: ReportRequest,
  columns: readonly string[],
): AsyncGenerator<Record<string, string>, void, undefined> {
  const firstMs = Math.max(patienceMs, requests.timeoutMs);
  const call: Call = {
    operation: 'generateReport',
    about: { noun: null, id: request.metricSet },
    method: 'POST',
    path: apiPath`/reports`,
    json: request,
    accept: 'text/csv, application/json;q=0.9',
    time: streamLimit(firstMs, requests.timeoutMs),
    kind: 'report',
    triesMs: firstMs + secondTryMs,
  };
  const subject = requests.subject(call);
  const tries = requests.tries(call);
  let given = false;
  let wasEmpty = false;
  for (;;) {
    try {
      const answer = await requests.once(call, () => tries.leaving());
      const rows = recordsOf(answer.chunks(), columns, subject, request.timezone);
      for await (const record of rows) {
        given = true;
        yield record;
      }
      return;
    } catch (error) {
      const problem = problemOf(subject, error);
      if (!(problem instanceof Problem)) throw problem;
      const isEmpty = problem.failure.code === emptyReport;
      if (given || (isEmpty && wasEmpty)) throw problem.failure;
      wasEmpty = isEmpty;
      await tries.again(problem);
    }
  }
}
