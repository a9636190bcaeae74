import { createHash } from 'node:crypto';
import { saysDoNotSend, saysYes, starsOf } from '../../domain/survey/medallia-row.ts';
import { formatInstant, parseGladlyTime } from '../../domain/values/instant.ts';
import { numberOf, storableId, textOf } from '../../domain/values/json.ts';
import { UnreadableRow, type ExportedRow } from './exported-row.ts';

/**
 * The columns with the same meaning in both generations of exports (Agent Connect's help, Exporting data; the
 * contract's FeedbackRowV1).
 */
const columns = {
  id: ['uuid', 'request_id', 'request_uuid', 'feedback_request_id'],
  interactionId: ['ext_interaction_id', 'external_interaction_id', 'interaction_id'],
  interactionUrl: ['external_url'],
  conversationId: ['conversation_id', 'custom_properties_conversation_id'],
  isRecovery: ['is_recovery'],
  channel: ['channel'],
  requestedAt: ['request_created_at', 'created_at'],
  sentAt: ['request_sent_at', 'sent_at'],
  deliveredAt: ['delivered_at'],
  sentTo: ['request_sent_to', 'customer_email_address', 'customer_email'],
  deliveryStatus: ['request_delivery_status', 'delivery_status'],
  answeredAt: ['response_received_at', 'responded_at'],
  rating: ['star_rating', 'agent_star_rating'],
  resolved: ['fcr', 'first_contact_resolution'],
  question: ['additional_question_text'],
  questionAnswer: ['additional_question_response_multiple_choice', 'additional_question_response'],
  comment: ['comments', 'comment'],
  employeeEmail: ['employee_email', 'employee_email_address'],
  employeeId: ['employee_custom_id', 'custom_employee_id'],
  employeeFirst: ['employee_first_name'],
  employeeLast: ['employee_last_name'],
  employeeName: ['employee_name', 'employee_full_name'],
  customerName: ['customer_full_name', 'customer_name'],
} as const satisfies Record<string, readonly string[]>;

type Field = keyof typeof columns;

/** An export has at least one of these columns. */
const telling: readonly string[] = [
  ...columns.interactionId,
  ...columns.sentAt,
  ...columns.answeredAt,
  ...columns.rating,
];

/** Turns `Request sent at (UTC)` and `employee.email` into `request_sent_at` and `employee_email`. */
export function columnName(heading: string): string {
  return heading
    .replace(/\(.*?\)/g, '')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '');
}

export function isExport(headings: readonly string[]): boolean {
  return headings.map(columnName).some((name) => telling.includes(name));
}

export function normalizedNames(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [columnName(name), value]));
}

/**
 * A row of an export. The newer generation has no column for the uuid, so the row gets an id that is the same in every
 * export.
 *
 * @throws UnreadableRow
 */
export function readFlatRow(row: Record<string, unknown>): Omit<ExportedRow, 'customerId'> {
  const text = (field: Field): string | null => {
    for (const name of columns[field]) {
      const value = textOf(row[name])?.trim() ?? '';
      if (value !== '') return value;
    }
    return null;
  };
  const interactionId = storableId(text('interactionId'));
  const id = storableId(text('id'));
  if (interactionId === null && id === null) throw new UnreadableRow('it names no interaction');
  const [requestedAt, sentAt] = [timeOf(text, 'requestedAt'), timeOf(text, 'sentAt')];
  const answeredAt = timeOf(text, 'answeredAt');
  const employee = { email: text('employeeEmail'), customId: text('employeeId') };
  const names = [text('employeeFirst'), text('employeeLast')].flatMap((name) => name ?? []);
  return {
    uuid: id ?? derivedId([interactionId, requestedAt ?? sentAt ?? answeredAt, employee.email]),
    sequence: 0,
    interactionId,
    interactionUrl: text('interactionUrl'),
    conversationId: storableId(text('conversationId')),
    isRecovery: /^(?:true|t|yes|1)$/i.test(text('isRecovery') ?? ''),
    channel: text('channel'),
    requestedAt,
    sentAt,
    deliveredAt: timeOf(text, 'deliveredAt'),
    deliveryStatus: text('deliveryStatus'),
    answeredAt,
    rating: ratingOf(text('rating')),
    resolved: saysYes(text('resolved')) ?? resolvedOf(text('question'), text('questionAnswer')),
    comment: text('comment'),
    isOnlyCounted: saysDoNotSend(text('deliveryStatus')),
    employee,
    employeeName: text('employeeName') ?? (names.length === 0 ? null : names.join(' ')),
    customer: { email: text('sentTo'), name: text('customerName') },
  };
}

function timeOf(text: (field: Field) => string | null, field: Field): string | null {
  const written = text(field);
  if (written === null) return null;
  const instant = parseGladlyTime(written);
  if (instant === null) throw new UnreadableRow(`${columns[field][0]} is not a time`);
  return formatInstant(instant);
}

/** Spreadsheets may have written `5.0`. */
function ratingOf(written: string | null): number | null {
  if (written === null) return null;
  const rating = starsOf(numberOf(written));
  if (rating === null) throw new UnreadableRow('star_rating is not 1 to 5');
  return rating;
}

/** The older export has one additional question, which may be about this. */
function resolvedOf(question: string | null, answer: string | null): boolean | null {
  return /\bresol/i.test(question ?? '') ? saysYes(answer) : null;
}

function derivedId(parts: readonly (string | null)[]): string {
  return `row-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}`;
}
