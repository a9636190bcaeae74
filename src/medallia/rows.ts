import * as z from 'zod';
import {
  notAskedProperty,
  ratingQuestion,
  resolvedQuestion,
  saysDoNotSend,
  saysYes,
  starsOf,
  type MedalliaRow,
} from '../domain/survey/medallia-row.ts';
import { formatInstant, parseGladlyTime } from '../domain/values/instant.ts';
import { idOf, isObject, numberOf, objectOf, textOf } from '../domain/values/json.ts';

// Rows come from a vendor that adds fields and states as it likes, so all but the upsert key and the cursor may be
// absent, null, or of another type than documented.

const anything = z.unknown().optional();
const text = anything.transform((value) => {
  const read = textOf(value)?.trim() ?? '';
  return read === '' ? null : read;
});
const object = anything.transform(objectOf);
const time = anything.transform((value) => {
  const instant = parseGladlyTime(value);
  return instant === null ? null : formatInstant(instant);
});
const flag = anything.transform((value) => value === true || value === 'true' || value === 't');

const row = z.object({
  uuid: anything.transform(idOf).pipe(z.string()),
  sequence_id: anything.transform(numberOf).pipe(z.number().int().nonnegative()),
  ext_interaction_id: anything.transform(idOf),
  external_url: text,
  is_recovery: flag,
  channel: text,
  request_created_at: time,
  request_sent_at: time,
  delivered_at: time,
  request_delivery_status: text,
  response_received_at: time,
  employee: object,
  customer: object,
  answers: object,
  custom_properties: object,
});

/** @throws ZodError for a row without the upsert key or the cursor */
export function readFeedbackRow(value: unknown): MedalliaRow {
  const read = row.parse(value);
  const { answers, employee, customer } = read;
  const named = (from: Record<string, unknown>, name: string): string | null => text.parse(from[name]);
  return {
    uuid: read.uuid,
    sequence: read.sequence_id,
    interactionId: read.ext_interaction_id,
    interactionUrl: read.external_url,
    isRecovery: read.is_recovery,
    channel: read.channel,
    requestedAt: read.request_created_at,
    sentAt: read.request_sent_at,
    deliveredAt: read.delivered_at,
    deliveryStatus: read.request_delivery_status,
    answeredAt: read.response_received_at,
    rating: starsOf(optionsOf(answers[ratingQuestion]).find(({ value }) => value !== null)?.value ?? null),
    resolved: resolvedOf(answers[resolvedQuestion]),
    comment: commentOf(answers),
    isOnlyCounted:
      saysDoNotSend(read.request_delivery_status) || named(read.custom_properties, notAskedProperty) !== null,
    employee: { email: named(employee, 'email'), customId: named(employee, 'custom_id') },
    customer: { email: named(customer, 'email'), name: named(customer, 'full_name') },
  };
}

/** Option ids differ from company to company, so the value is read whatever the option's key. */
function optionsOf(answer: unknown): { value: number | null; text: string | null }[] {
  const options = objectOf(answer)['selected_options'];
  const list = Array.isArray(options) ? options : Object.values(objectOf(options));
  return list.filter(isObject).map((option) => ({
    value: numberOf(option['integer_value']),
    text: textOf(option['option_text']),
  }));
}

function resolvedOf(answer: unknown): boolean | null {
  for (const { value, text: word } of optionsOf(answer)) {
    const said = saysYes(word) ?? (value === null ? null : saysYes(String(value)));
    if (said !== null) return said;
  }
  return null;
}

/** The comment under the stars, or else all other comments, in the order of the questions. */
function commentOf(answers: Record<string, unknown>): string | null {
  const own = text.parse(objectOf(answers[ratingQuestion])['comment']);
  if (own !== null) return own;
  const others = Object.values(answers).flatMap((answer) => text.parse(objectOf(answer)['comment']) ?? []);
  return others.length === 0 ? null : [...new Set(others)].join('\n');
}
