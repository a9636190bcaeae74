import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { objectOf, textOf } from '../src/domain/values/json.ts';
import { answerJson, serve, type LocalServer } from './local-server.ts';

export interface ReportedRange {
  /** Epoch milliseconds. */
  fromMs: number;
  untilMs: number;
  rows: number;
}

const headings = [
  'Timezone Filter,Timestamp,Event Type,Conversation ID,Customer ID,Initiator Type,Initiator ID',
  'Initiator Agent Name,Assigned Inbox ID,Assigned Inbox Name,Assigned Agent ID,Assigned Agent Name',
].join(',');
const others = 'AGENT,agent-1,Ada Example,inbox-1,Orders,agent-1,Ada Example';
const rowsAtOnce = 500;

/** As random as Gladly's ids: neighbors in time are not neighbors in an index. */
export function conversationIdOf(row: number): string {
  return createHash('md5').update(`conversation ${row}`).digest('base64url');
}

export function customerIdOf(row: number): string {
  return createHash('md5')
    .update(`customer ${Math.floor(row / 1.3)}`)
    .digest('base64url');
}

export function closedAtOf({ fromMs, untilMs, rows }: ReportedRange, row: number): string {
  return new Date(fromMs + Math.floor(((untilMs - fromMs) * row) / rows)).toISOString();
}

const day = 86_400_000;

/** The first row that is not before a time, epoch milliseconds. */
function rowAt({ fromMs, untilMs, rows }: ReportedRange, at: number): number {
  const row = Math.ceil(((at - fromMs) * rows) / (untilMs - fromMs));
  return Math.min(rows, Math.max(0, row));
}

/** @param asked dates, of which the last one is included */
function* reportOf(
  range: ReportedRange,
  asked: { startAt: string; endAt: string },
): Generator<string, void, undefined> {
  const first = rowAt(range, Date.parse(asked.startAt));
  const end = rowAt(range, Date.parse(asked.endAt) + day);
  let text = `${headings}\n`;
  // A report with a round number of rows is taken for one that was cut.
  if ((end - first) % 1000 === 0)
    text += `UTC,${closedAtOf(range, 0)},CONVERSATION/CREATED,created,customer,${others}\n`;
  for (let row = first; row < end; row += 1) {
    const [at, conversation, customer] = [closedAtOf(range, row), conversationIdOf(row), customerIdOf(row)];
    text += `UTC,${at},CONVERSATION/CLOSED,${conversation},${customer},${others}\n`;
    if (row % rowsAtOnce !== rowsAtOnce - 1) continue;
    yield text;
    text = '';
  }
  yield text;
}

function readAsked(body: unknown): { startAt: string; endAt: string } {
  const { startAt, endAt } = objectOf(body);
  return { startAt: textOf(startAt) ?? '', endAt: textOf(endAt) ?? '' };
}

/**
 * A Gladly with any number of closings. It makes the report while sending it, so only the reader can need memory for
 * it. Every conversation was closed, and nobody wrote in it.
 */
export function serveReports(range: ReportedRange): Promise<LocalServer> {
  const answers: Record<string, unknown> = {
    organization: { id: 'organization-1', name: 'Bench', timezone: 'UTC' },
    agents: [{ id: 'agent-1', name: 'Ada Example', emailAddress: 'ada@example.com' }],
    inboxes: [{ id: 'inbox-1', name: 'Orders' }],
    topics: [],
  };
  return serve((request, response) => {
    const [, , , noun = '', id = '', part] = request.url?.split('/') ?? [];
    if (noun === 'reports') {
      void json(request).then((asked) => {
        response.writeHead(200, { 'content-type': 'text/csv' });
        // A client that stops reading ends the report.
        pipeline(Readable.from(reportOf(range, readAsked(asked))), response, () => undefined);
      });
      return;
    }
    request.resume();
    if (noun !== 'conversations') {
      answerJson(response, 200, answers[noun] ?? []);
    } else if (part === 'items') {
      const content = { type: 'CONVERSATION_STATUS_CHANGE', status: 'CLOSED' };
      const timestamp = new Date(range.untilMs).toISOString();
      answerJson(response, 200, [{ id: `${id}-closed`, conversationId: id, timestamp, content }]);
    } else {
      const closedAt = new Date(range.untilMs).toISOString();
      answerJson(response, 200, { id, customerId: 'customer-1', status: 'CLOSED', topicIds: [], closedAt });
    }
  });
}
