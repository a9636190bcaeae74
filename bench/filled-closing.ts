import type { Evidence } from '../src/domain/attribution/evidence.ts';
import { closingIdOf } from '../src/domain/closing/identity.ts';
import type { Lane } from '../src/domain/values/lanes.ts';
import type { ClosingState, Transition } from '../src/domain/closing/transitions.ts';
import type { Reason } from '../src/domain/closing/reason.ts';
import { cardIdOf } from '../src/domain/survey/card.ts';
import { noFormAnswers } from '../src/domain/survey/form.ts';
import { surveyIdOf } from '../src/domain/survey/token.ts';
import type { Random } from '../src/sandbox/random.ts';
import type { ClosingsTable, LedgerTables, NamesTable } from '../src/store/ledger/tables.ts';
import { closedAtOf, conversationIdOf, customerIdOf, type ReportedRange } from './report-server.ts';

const second = 1000;
const hour = 3_600_000;

/** What identifies one row of the filled ledger. */
export interface FilledKey {
  lane: Lane;
  conversationId: string;
  closedAt: string;
}

/** One row in fifty is a trial. Every other trial is of a closing that also has a live row. */
export function keyOf(range: ReportedRange, row: number): FilledKey {
  const isTrial = row % 50 === 49;
  const closing = row % 100 === 99 ? row - 1 : row;
  return {
    lane: isTrial ? 'trial' : 'live',
    conversationId: conversationIdOf(closing),
    closedAt: closedAtIn(range, closing),
  };
}

/** One closing in a hundred falls in one minute, as when a team closes everything that is left over. */
export function busyMinute({ rows }: ReportedRange): { first: number; rows: number } {
  return { first: Math.floor(rows / 2), rows: Math.ceil(rows / 100) };
}

function closedAtIn(range: ReportedRange, row: number): string {
  const busy = busyMinute(range);
  const place = row - busy.first;
  if (place < 0 || place >= busy.rows) return closedAtOf(range, row);
  const beganMs = Date.parse(closedAtOf(range, busy.first));
  return new Date(beganMs + Math.floor((60 * second * place) / busy.rows)).toISOString();
}

/** The rows of a batch, by table. */
export type Filled = {
  [
    Table in
      | 'closings'
      | 'closing_reports'
      | 'closing_topics'
      | 'names'
      | 'reopenings'
      | 'history'
      | 'messages'
      | 'answers'
      | 'cards'
      | 'cards_due'
      | 'visits'
  ]: LedgerTables[Table][];
};

/** In percent of all closings. */
const shares: readonly (readonly [share: number, state: ClosingState])[] = [
  [52.5, 'sent'],
  [17.5, 'answered'],
  [25, 'suppressed'],
  [2, 'failed'],
  [1.5, 'scheduled'],
  [1, 'pending'],
  [0.5, 'uncertain'],
];

function stateOf(random: Random): ClosingState {
  let left = random.next() * 100;
  for (const [share, state] of shares) {
    left -= share;
    if (left < 0) return state;
  }
  return 'sent';
}

const suppressions: readonly (readonly Reason[])[] = [
  [{ code: 'no_agent_response', detail: 'no agent responded' }],
  [{ code: 'opt_out_topic', detail: 'topic do_not_send_stella' }],
  [{ code: 'recently_surveyed', detail: 'surveyed 12 days ago' }],
  [{ code: 'no_address', detail: 'the customer has no email address' }],
  [
    { code: 'no_address', detail: 'the customer has no email address' },
    { code: 'no_customer_message', detail: 'the customer wrote nothing' },
  ],
];
const smtpFailure = {
  code: 'smtp_refused',
  message: 'The mail server refused the message: 451 try again later.',
  hint: 'Look at the log of the mail server.',
};
const agents = Array.from({ length: 40 }, (_, index) => ({
  id: `agent-${index}`,
  name: `${['Ada', 'Grace', 'Alan', 'Edsger'][index % 4] ?? ''} Example ${Math.floor(index / 4) + 1}`,
  email: `agent${index}@example.com`,
}));
const inboxes = ['Orders', 'Billing', 'Returns'].map((name, index) => ({ id: `inbox-${index + 1}`, name }));
const topics = ['Delivery', 'Refund', 'Login', 'Warranty', 'Other'].map((name, index) => ({
  id: `topic-${index + 1}`,
  name,
}));
const channels = ['chat', 'email', 'sms', 'voice'] as const;

/** The normalized email address of a row's customer. */
export function addressOf(row: number): string {
  return `${customerIdOf(row).toLowerCase()}@example.com`;
}

/** Adds the rows of one closing. */
export function addClosing(filled: Filled, range: ReportedRange, row: number, random: Random): void {
  const key = keyOf(range, row);
  const id = closingIdOf(key.conversationId, key.closedAt, key.lane);
  const state = stateOf(random);
  const closedMs = Date.parse(key.closedAt);
  const after = (ms: number): string => new Date(closedMs + ms).toISOString();
  const agent = random.pick(agents);
  const inbox = random.pick(inboxes);
  const channel = random.pick(channels);
  const topic = random.pick(topics);
  const assignee = random.chance(0.2) ? random.pick(agents) : agent;
  const reasons = state === 'suppressed' ? random.pick(suppressions) : [];
  const isDecided = state !== 'pending';
  const hasSurvey = isDecided && state !== 'suppressed' && state !== 'failed';
  const hasLeft = state === 'sent' || state === 'answered' || state === 'uncertain';
  const isCertain = state === 'sent' || state === 'answered';
  const hasError =
    state === 'failed' || state === 'uncertain' || (state === 'scheduled' && random.chance(0.3));
  const due = dueAtOf(state, range, random);
  const customerId = customerIdOf(row);
  const address = addressOf(row);
  const surveyId = surveyIdOf(id);
  const provider = key.lane === 'live' ? 'smtp' : 'outbox';
  const error = hasError ? JSON.stringify(smtpFailure) : null;
  const closing: ClosingsTable = {
    id,
    conversation_id: key.conversationId,
    lane: key.lane,
    customer_id: customerId,
    closed_at: key.closedAt,
    first_seen_at: after(30 * second),
    source: 'report',
    state,
    state_at: after(state === 'answered' ? 9 * hour : 60 * second),
    reopened_at: random.chance(0.03) ? after(48 * hour) : null,
    due_at: due,
    queued: state === 'pending' || state === 'scheduled' || (state === 'failed' && due !== null) ? 1 : 0,
    attempts: hasError ? 3 : 0,
    read_at: isDecided ? after(50 * second) : null,
    decided_at: isDecided ? after(55 * second) : null,
    reasons: JSON.stringify(reasons),
    reason_codes: reasons.map(({ code }) => code).join(','),
    evidence: hasSurvey
      ? JSON.stringify(evidenceOf(key, id, { agent, assignee, inbox, channel, topic }))
      : null,
    customer: isDecided
      ? JSON.stringify({ id: customerId, name: 'Petra Example', email: address, phone: null })
      : null,
    agent: hasSurvey ? JSON.stringify(agent) : null,
    survey_id: hasSurvey ? surveyId : null,
    provider: hasSurvey ? provider : null,
    address: hasSurvey ? address : null,
    survey_url: hasSurvey ? `https://csat.example.com/s/${surveyId}${surveyId}` : null,
    left_at: hasLeft ? after(60 * second) : null,
    sent_at: isCertain ? after(61 * second) : null,
    external_id: isCertain ? `<${surveyId}@csat.example.com>` : null,
    error,
    claimed_by: null,
    claim_until: null,
    agent_id: hasSurvey ? agent.id : null,
    inbox_id: hasSurvey ? inbox.id : null,
    channel: hasSurvey ? channel : null,
    assignee_id: hasSurvey ? assignee.id : null,
    brand: null,
    responded_at: hasSurvey ? key.closedAt : null,
    rating: null,
    forgotten_at: null,
    email_key: address,
    phone_key: null,
    imported: null,
    closed_by: null,
    closed_by_type: null,
    reminder: null,
    reminded_at: null,
  };
  filled.closings.push(closing);
  if (hasSurvey) {
    filled.closing_topics.push({ closing_id: id, topic_id: topic.id, closed_at: key.closedAt });
  }
  if (hasLeft && (state === 'answered' || random.chance(0.5))) {
    const [first_at, last_at] = [after(7 * hour), after(8 * hour)];
    filled.visits.push({ survey_id: surveyId, kind: 'opened', count: 2, first_at, last_at });
  }
  // The webhook gave a slightly different time than the report.
  if (random.chance(0.3)) {
    filled.closing_reports.push({
      lane: key.lane,
      conversation_id: key.conversationId,
      closed_at: after(2 * second),
      closing_id: id,
      source: 'webhook',
      seen_at: after(3 * second),
    });
  }
  if (closing.reopened_at !== null && key.lane === 'live') {
    filled.reopenings.push({ conversation_id: key.conversationId, reopened_at: closing.reopened_at });
  }
  addHistory(filled, closing);
  if (hasLeft) {
    filled.messages.push({
      closing_id: id,
      sequence: 1,
      survey_id: surveyId,
      provider,
      address,
      left_at: after(60 * second),
      settled_at: after(61 * second),
      outcome: isCertain ? 'sent' : 'uncertain',
      external_id: closing.external_id,
      error,
      brand: closing.brand,
      form_id: null,
    });
  }
  if (state === 'answered') addAnswers(filled, { closing, surveyId, customerId, after }, random);
}

/** Half of the closings that wait are due already and half later; a failed closing may wait for a person. */
function dueAtOf(state: ClosingState, { untilMs }: ReportedRange, random: Random): string | null {
  if (state !== 'scheduled' && state !== 'failed') return null;
  if (state === 'failed' && random.chance(0.5)) return null;
  return new Date(untilMs + (random.chance(0.5) ? -1 : 1) * random.integer(1, 72 * hour)).toISOString();
}

const steps: Partial<Record<ClosingState, readonly (readonly [Transition, ClosingState])[]>> = {
  sent: [
    ['schedule', 'scheduled'],
    ['leave', 'sending'],
    ['confirm', 'sent'],
  ],
  answered: [
    ['schedule', 'scheduled'],
    ['leave', 'sending'],
    ['confirm', 'sent'],
    ['answer', 'answered'],
  ],
  uncertain: [
    ['schedule', 'scheduled'],
    ['leave', 'sending'],
    ['doubt', 'uncertain'],
  ],
  suppressed: [['suppress', 'suppressed']],
  failed: [['fail', 'failed']],
  scheduled: [['schedule', 'scheduled']],
};

function addHistory({ history }: Filled, { id, state, state_at, reason_codes }: ClosingsTable): void {
  let from: ClosingState = 'pending';
  for (const [index, [transition, to]] of (steps[state] ?? []).entries()) {
    const note = reason_codes === '' ? null : reason_codes;
    history.push({
      closing_id: id,
      sequence: index + 1,
      at: state_at,
      transition,
      from_state: from,
      to_state: to,
      note,
    });
    from = to;
  }
}

interface Answered {
  closing: ClosingsTable;
  surveyId: string;
  customerId: string;
  after(ms: number): string;
}

/** One in five customers changes the answer once; one answer in fifty has no card yet. */
function addAnswers(
  filled: Filled,
  { closing, surveyId, customerId, after }: Answered,
  random: Random,
): void {
  const revisions = random.chance(0.2) ? 2 : 1;
  const hasCard = !random.chance(0.02);
  for (let revision = 1; revision <= revisions; revision += 1) {
    const answer = {
      rating: random.integer(1, 5),
      comment: random.chance(0.4) ? 'Everything was answered quickly, thank you.' : null,
    };
    const answeredAt = after(8 * hour + revision * second);
    filled.answers.push({
      survey_id: surveyId,
      revision,
      closing_id: closing.id,
      ...answer,
      resolved: 1,
      answered_at: answeredAt,
      source: 'page',
      reason: null,
      question_kind: null,
      question_text: null,
      question_choice: null,
      question_words: null,
    });
    if (!hasCard) continue;
    filled.cards.push({
      item_id: cardIdOf({ surveyId, revision, ...answer, ...noFormAnswers, resolved: true, answeredAt }),
      survey_id: surveyId,
      revision,
      customer_id: customerId,
      state: revision === revisions ? 'posted' : 'deleted',
      body: `<p><b>${answer.rating}/5</b></p><p>${answer.comment ?? ''}</p>`,
      posted_at: after(9 * hour),
    });
  }
  closing.rating = filled.answers.at(-1)?.rating ?? null;
  if (hasCard) return;
  filled.cards_due.push({
    survey_id: surveyId,
    closing_id: closing.id,
    answered_at: after(8 * hour + revisions * second),
    tries: 0,
    retry_at: null,
    error: null,
  });
}

interface Groups {
  agent: (typeof agents)[number];
  assignee: (typeof agents)[number];
  inbox: (typeof inboxes)[number];
  channel: string;
  topic: (typeof topics)[number];
}

/** Evidence that takes about 2 kB of JSON. */
function evidenceOf({ closedAt }: FilledKey, closing: string, groups: Groups): Evidence {
  const { agent, assignee, inbox, channel, topic } = groups;
  const considered = Array.from({ length: 6 }, (_, index) => ({
    itemId: `item-${index}-${closing.slice(0, 16)}`,
    type: 'CHAT_MESSAGE',
    initiator: 'AGENT',
    agentId: agent.id,
    agentName: agent.name,
    at: closedAt,
    counts: index === 0,
    why: index === 0 ? 'the last response before the closing' : 'an agent sent a later response',
  }));
  return {
    conversation: {
      status: 'CLOSED',
      createdAt: closedAt,
      closedAt,
      closing,
      assignedAgentId: assignee.id,
      assignedAgentName: assignee.name,
      inbox,
      topics: [topic],
    },
    attribution: {
      agent,
      itemId: 'item-0',
      itemType: 'CHAT_MESSAGE',
      channel,
      respondedAt: closedAt,
      confidence: 'exact',
      considered: considered.slice(0, 2),
      omitted: null,
    },
    timeline: { items: 14, truncated: false, considered, omitted: null },
    recordings: [],
  };
}

/** The agents, inboxes and topics that the rows of a filled ledger are grouped by. */
export function filledNames(): NamesTable[] {
  return [
    ...agents.map((agent) => ({ kind: 'agent' as const, ...agent })),
    ...inboxes.map((inbox) => ({ kind: 'inbox' as const, ...inbox, email: null })),
    ...topics.map((topic) => ({ kind: 'topic' as const, ...topic, email: null })),
  ];
}
