import { channels as gladlyChannels } from '../../domain/attribution/timeline.ts';
import type { ImportedInteraction } from '../../domain/closing/imports.ts';
import { addressKey, isEmailAddress } from '../../domain/eligibility/addresses.ts';
import { askedBefore } from '../../domain/eligibility/reasons-of-facts.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import { hasAnswer } from '../../domain/survey/medallia-row.ts';
import { normalizeTime } from '../../domain/values/instant.ts';
import { oneLine } from '../../domain/values/one-line.ts';
import type { ExportedRow } from '../../medallia/exports/exported-row.ts';
import type { AgentFinder } from './agents.ts';

export interface Interpreting {
  agents: AgentFinder;
  /** Gladly's channels and Agent Connect's names for them, where those are not the usual ones. */
  channels: ReadonlyMap<string, string>;
  nowMs: number;
  /** Older interactions are not kept; null: all are kept. */
  keptSince: string | null;
}

export type Interpreted =
  | { interaction: ImportedInteraction }
  /** `unsubscribed`: the address, which still must get no surveys. */
  | { left: 'recovery' | 'expired' | 'no_time'; unsubscribed: string | null }
  | { unreadable: string };

/** Allows for differing clocks; a row dated tomorrow would block its customer's address. */
const mostAheadMs = 60 * 60_000;
const longestComment = 25_000;

/** What a row says about the closing that it was requested for. */
export function interpretRow(
  row: ExportedRow,
  { agents, channels, nowMs, keptSince }: Interpreting,
): Interpreted {
  const address = addressOf(row);
  const hasUnsubscribed = isUnsent(row.deliveryStatus) && /unsubscribed/i.test(row.deliveryStatus ?? '');
  const unsubscribed = hasUnsubscribed ? address : null;
  if (row.isRecovery) return { left: 'recovery', unsubscribed };
  const named = closingNamed(row.interactionId);
  const requestedAt = row.requestedAt ?? row.sentAt ?? row.answeredAt;
  const closedAt = named?.closedAt ?? requestedAt;
  if (closedAt === null) {
    // Newer exports give a time only if something was sent.
    return isUnsent(row.deliveryStatus)
      ? { left: 'no_time', unsubscribed }
      : { unreadable: 'it has no time' };
  }
  const newest = Math.max(
    ...[closedAt, row.sentAt, row.answeredAt].map((time) => Date.parse(time ?? closedAt)),
  );
  if (newest > nowMs + mostAheadMs) return { unreadable: 'its time is in the future' };
  if (keptSince !== null && closedAt < keptSince) return { left: 'expired', unsubscribed };
  const sentAt = sentAtOf(row);
  return {
    interaction: {
      id: row.uuid,
      interactionId: row.interactionId,
      // A survey for something outside Gladly still counts, for its agent and for its customer.
      conversationId:
        row.conversationId ?? named?.conversationId ?? row.interactionId ?? `agent-connect ${row.uuid}`,
      customerId: row.customerId,
      closedAt,
      address,
      agent: agents.agentOf(row),
      channel: channelOf(row.channel, channels),
      sentAt,
      reason: sentAt === null ? reasonOf(row.deliveryStatus ?? '') : askedBefore(sentAt),
      answer: hasAnswer(row)
        ? {
            rating: row.rating,
            resolved: row.resolved,
            comment: row.comment === null ? null : row.comment.slice(0, longestComment).toWellFormed(),
            answeredAt: row.answeredAt,
          }
        : null,
      hasUnsubscribed,
    },
  };
}

function addressOf({ customer }: ExportedRow): string | null {
  const address = customer.email === null ? null : addressKey(customer.email);
  return address !== null && isEmailAddress(address) ? address : null;
}

/** A closing id from gcsat names the conversation and the time. This one may come from another ledger. */
function closingNamed(interactionId: string | null): { conversationId: string; closedAt: string } | null {
  const [, conversationId, time] = /^(.+)@(\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/.exec(interactionId ?? '') ?? [];
  const closedAt = normalizeTime(time);
  return conversationId === undefined || closedAt === null ? null : { conversationId, closedAt };
}

function isUnsent(status: string | null): boolean {
  return /^\s*not[ _-]?sent/i.test(status ?? '');
}

/** An unknown status counts as asked: better to ask no one than to ask someone twice. */
function sentAtOf(row: ExportedRow): string | null {
  if (!hasAnswer(row) && isUnsent(row.deliveryStatus)) return null;
  return row.sentAt ?? row.requestedAt ?? row.answeredAt;
}

/** Why Agent Connect did not ask, as a reason code of gcsat (Agent Connect's help, Request Delivery Status). */
function reasonOf(status: string): Reason {
  const detail = `Agent Connect: ${oneLine(status, 100)}`;
  if (/unsubscribed/i.test(status)) return { code: 'unsubscribed', detail };
  if (/do not send/i.test(status)) return { code: 'opt_out_topic', detail };
  return { code: /rejected|bounce/i.test(status) ? 'bad_address' : 'recently_surveyed', detail };
}

/** Null for a channel without a known Gladly name. */
function channelOf(there: string | null, channels: ReadonlyMap<string, string>): string | null {
  const name = there?.toLowerCase() ?? '';
  if (name === '') return null;
  const mapped = [...channels].find(([, other]) => other.toLowerCase() === name)?.[0];
  const wanted = mapped ?? (name === 'phone' ? 'voice' : name);
  return gladlyChannels.find((channel) => channel.toLowerCase() === wanted) ?? null;
}
