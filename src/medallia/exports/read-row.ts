import { percentDecoded } from '../../domain/values/percent-encoding.ts';
import type { MedalliaRow } from '../../domain/survey/medallia-row.ts';
import { idOf, isObject, objectOf, storableId, textOf } from '../../domain/values/json.ts';
import { readFeedbackRow } from '../rows.ts';
import { normalizedNames, readFlatRow } from './flat-row.ts';
import { UnreadableRow, type ExportedRow } from './exported-row.ts';

/**
 * One row of an export (flat columns of either generation) or of Data Return (nested), whatever kind of file it was in.
 *
 * @throws UnreadableRow, whose message says what cannot be used
 */
export function readExportedRow(value: unknown): ExportedRow {
  if (!isObject(value)) throw new UnreadableRow('it is not a row of names and values');
  const isNested = ['answers', 'employee', 'customer'].some((name) => isObject(value[name]));
  const read = isNested ? readNestedRow(value) : readFlatRow(normalizedNames(value));
  const { conversationId, customerId } = namedByLink(read.interactionUrl);
  return {
    ...read,
    conversationId: read.conversationId ?? conversationId,
    customerId,
  };
}

const times = {
  request_created_at: 'requestedAt',
  request_sent_at: 'sentAt',
  response_received_at: 'answeredAt',
} as const;

/** A row as `GET /v2/data` gives it; a warehouse may have left the cursor out. */
function readNestedRow(value: Record<string, unknown>): Omit<ExportedRow, 'customerId'> {
  let row: MedalliaRow;
  try {
    row = readFeedbackRow({ sequence_id: 0, ...value });
  } catch {
    throw new UnreadableRow('it has no uuid');
  }
  for (const [name, read] of Object.entries(times)) {
    if ((textOf(value[name])?.trim() ?? '') !== '' && row[read] === null)
      throw new UnreadableRow(`${name} is not a time`);
  }
  const employee = objectOf(value['employee']);
  const names = [employee['first_name'], employee['last_name']].flatMap((name) => idOf(name) ?? []);
  return {
    ...row,
    sequence: 0,
    conversationId: storableId(objectOf(value['custom_properties'])['conversation_id']),
    employeeName: names.length === 0 ? null : names.join(' '),
  };
}

/** The ids in Gladly's own address, or in one of the same shape: `…/customer/ID/conversation/ID`. */
export function namedByLink(url: string | null): {
  conversationId: string | null;
  customerId: string | null;
} {
  const path = url !== null && URL.canParse(url) ? `${new URL(url).pathname}${new URL(url).hash}` : '';
  return {
    conversationId: segmentAfter(/\/conversations?\/([^/?#]+)/i, path),
    customerId: segmentAfter(/\/customers?\/([^/?#]+)/i, path),
  };
}

function segmentAfter(pattern: RegExp, path: string): string | null {
  const [, segment = ''] = pattern.exec(path) ?? [];
  return storableId(percentDecoded(segment));
}
