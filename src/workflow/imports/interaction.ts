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
  /** The channel there of a channel of Gladly, where it is not the usual one. */
  channels: ReadonlyMap<string, string>;
  nowMs: number;
  /** What is older is not kept; null: everything is. */
  keptSince: string | null;
}

export type Interpreted =
  | { interaction: ImportedInteraction }
  /** `unsubscribed`: the address that wants no surveys all the same. */
  | { left: 'recovery' | 'expired' | 'no_time'; unsubscribed: string | null }
  | { unreadable: string };

/** Clocks differ, and a row of tomorrow would hold its customer's address. */
const mostAheadMs = 60 * 60_000;
const longestComment = 25_000;

/** What a row says of the closing that it was requested for. */
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
    // Exports of the newer kind say only when something was sent.
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
      // What was asked outside of Gladly still counts, for its agent and for its customer.
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

/** The ids of closings that gcsat gives name the conversation and the time. Another ledger may have given this one. */
function closingNamed(interactionId: string | null): { conversationId: string; closedAt: string } | null {
  const [, conversationId, time] = /^(.+)@(\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/.exec(interactionId ?? '') ?? [];
  const closedAt = normalizeTime(time);
  return conversationId === undefined || closedAt === null ? null : { conversationId, closedAt };
}

function isUnsent(status: string | null): boolean {
  return /^\s*not[ _-]?sent/i.test(status ?? '');
}

/** A state that nobody knows counts as asked: rather nobody is asked than somebody twice. */
function sentAtOf(row: ExportedRow): string | null {
  if (!hasAnswer(row) && isUnsent(row.deliveryStatus)) return null;
  return row.sentAt ?? row.requestedAt ?? row.answeredAt;
}

/** Why Agent Connect did not ask, in the words of gcsat (MEDALLIA.md, section 3). */
function reasonOf(status: string): Reason {
  const detail = `Agent Connect: ${oneLine(status, 100)}`;
  if (/unsubscribed/i.test(status)) return { code: 'unsubscribed', detail };
  if (/do not send/i.test(status)) return { code: 'opt_out_topic', detail };
  return { code: /rejected|bounce/i.test(status) ? 'bad_address' : 'recently_surveyed', detail };
}

/** Null for a channel of which it is not known what Gladly calls it. */
function channelOf(there: string | null, channels: ReadonlyMap<string, string>): string | null {
  const name = there?.toLowerCase() ?? '';
  if (name === '') return null;
  const mapped = [...channels].find(([, other]) => other.toLowerCase() === name)?.[0];
  const wanted = mapped ?? (name === 'phone' ? 'voice' : name);
  return gladlyChannels.find((channel) => channel.toLowerCase() === wanted) ?? null;
}
