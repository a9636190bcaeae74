import { reasonsOfConversation } from '../../domain/eligibility/reasons-of-facts.ts';
import { settingsFor } from '../../config/brand-settings.ts';
import { backOff } from '../../domain/closing/back-off.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { errorOf, type MessageResult } from '../../domain/closing/moves.ts';
import type { Reminder } from '../../domain/closing/reminder.ts';
import {
  decideReminder,
  reasonsOfSurvey,
  type RemindedClosing,
} from '../../domain/eligibility/decide-reminder.ts';
import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { Failure, isContention, stopsTheRun } from '../../failure.ts';
import type { DeliveryOutcome } from '../../ports/delivery-provider.ts';
import { addressHistory } from '../../store/addresses/history.ts';
import { claimClosing, resolveReminder } from '../../store/queue/claims.ts';
import {
  dueReminder,
  leaveOutReminder,
  markReminderLeaving,
  postponeReminder,
  recordReminderOutcome,
} from '../../store/queue/reminders.ts';
import { keepingClaim } from '../context/claim.ts';
import { defectOf } from '../context/defect.ts';
import { hourlyCapOf } from '../context/hourly-cap.ts';
import type { Services } from '../context/services.ts';
import { createSteps } from '../context/steps.ts';
import { composeMessage } from './compose-message.ts';
import { refusalOf } from './deliver.ts';
import { isFresh, markInTime, Overslept, overslept } from './leaving.ts';
import { deliverySlot } from './delivery-slot.ts';
import { conversationFactsOf } from './facts.ts';
import { checkInbox } from './inbox.ts';
import { readConversation, readCustomer, readItems, type Reads } from './read-conversation.ts';
import { passes } from './retry-time.ts';
import { compareWithRow, shownTime } from './shown-closing.ts';
import { checkTopics } from './topics.ts';

/** `waiting`: the reminder is looked at again later, or another process has it. */
export type ReminderResult =
  | { result: 'sent' | 'left_out' | 'waiting'; failure: null }
  | { result: 'uncertain' | 'failed'; failure: Failure };

const waiting = { result: 'waiting', failure: null } as const;

/** The decision no longer holds; nothing left. */
class NotNow extends Error {}

/**
 * Works on one due reminder: reads the conversation and the customer, decides by what Gladly shows now, and sends it.
 * Like a first message, it is marked right before it leaves. If it may have left, it is uncertain and never repeated by
 * itself.
 *
 * @throws Failure that the next reminder would meet too
 */
export async function remind(services: Services, closingId: string): Promise<ReminderResult> {
  const { ledger, worker, clock } = services;
  const claim = await claimClosing(ledger, closingId, worker, timeNow(clock));
  if (!claim.claimed) return waiting;
  return keepingClaim(services, claim.closing, async () => {
    const due = await dueReminder(ledger, closingId);
    if (due === null) return waiting;
    // We hold the claim, so the process that was sending this reminder has ended.
    if (due.reminder.state === 'leaving') {
      await resolveReminder(ledger, closingId, timeNow(clock));
      const after = await dueReminder(ledger, closingId);
      return after === null ? { result: 'uncertain', failure: interrupted() } : waiting;
    }
    try {
      return await lookAndSend(services, due);
    } catch (error) {
      if (error instanceof NotNow) return waiting;
      if (error instanceof Failure && isContention(error)) return waiting;
      if (services.signal.aborted || (error instanceof Failure && error.kind === 'ledger')) throw error;
      const failure = error instanceof Failure ? error : defectOf(error);
      return fail(services, due.reminder, failure);
    }
  });
}

interface Due {
  reminder: Reminder;
  closing: Closing;
  begun: boolean;
}

async function lookAndSend(services: Services, { reminder, closing, begun }: Due): Promise<ReminderResult> {
  const { ledger, settings, clock } = services;
  const { policy, delivery } = settings;
  if (settingsFor(settings, closing.brand) === null) throw brandRemoved(closing.brand ?? '');
  const known = { closing: remindedOf(closing), at: reminder.at, begun, policy, delivery };
  const certain = reasonsOfSurvey({ ...known, now: clock() });
  if (certain.length > 0) return leaveOut(services, closing.id, certain);
  const slot = await deliverySlot(services);
  try {
    await slot.take();
    const look = await lookAgain(services, closing);
    const now = clock();
    const history = await addressHistory(ledger, {
      address: closing.address,
      since: closing.sentAt ?? closing.leftAt ?? closing.closedAt,
      lane: closing.lane,
      except: closing.id,
    });
    const verdict = decideReminder({ ...known, ...look.facts, history, now });
    if ('leaveOut' in verdict) return await leaveOut(services, closing.id, verdict.leaveOut);
    if ('wait' in verdict) {
      await postponeReminder(ledger, closing.id, timeAt(verdict.wait));
      return waiting;
    }
    return await send(services, { reminder, closing, address: verdict.send.address, look });
  } finally {
    slot.end();
  }
}

async function leaveOut(
  { ledger, clock }: Services,
  closingId: string,
  reasons: Parameters<typeof leaveOutReminder>[3],
): Promise<ReminderResult> {
  await leaveOutReminder(ledger, closingId, timeNow(clock), reasons);
  return { result: 'left_out', failure: null };
}

type Again = Awaited<ReturnType<typeof lookAgain>>;

/** Reads what may have changed since the survey left. The responder is settled, so that needs no timeline. */
async function lookAgain(services: Services, closing: Closing) {
  const steps = createSteps(services, () => undefined);
  const { conversationId } = closing;
  const [read, customer] = await Promise.all([
    readConversation(services, conversationId, steps),
    closing.customerId === null ? null : readCustomer(services, closing.customerId, steps),
  ]);
  checkInbox(services.settings, read);
  const own = customer ?? (await readCustomer(services, read.conversation.customerId, steps));
  const reads: Reads = {
    everything: false,
    conversation: () => Promise.resolve(read),
    timeline: () => readItems(services, conversationId, steps),
    customer: () => Promise.resolve({ customer: own, customerReadAt: read.readAt }),
  };
  const shown = await compareWithRow(services, closing, await shownTime(read, closing, reads), reads, false);
  // A reported reopening counts even if the read does not show it.
  const reopened = shown.reopened || closing.reopenedAt !== null;
  const conversation = conversationFactsOf(read, { id: closing.id, closedAt: shown.closedAt, reopened });
  const { policy } = services.settings;
  if (reasonsOfConversation(conversation, policy).length === 0) checkTopics(policy, read);
  return {
    readAt: read.readAt,
    customer: own,
    organization: read.organization,
    facts: {
      conversation,
      customer: own,
      timeZone: read.organization.timezone,
    },
  };
}

function remindedOf(closing: Closing): RemindedClosing {
  const { channel = null, itemType = null } = closing.evidence?.attribution ?? {};
  return { ...closing, channel, itemType };
}

async function send(
  services: Services,
  {
    reminder,
    closing,
    address,
    look,
  }: { reminder: Reminder; closing: Closing; address: string; look: Again },
): Promise<ReminderResult> {
  const { ledger, worker, clock } = services;
  const provider = await services.provider();
  const message = await composeMessage(services, closing, {
    agent: closing.agent,
    channel: closing.evidence?.attribution?.channel ?? null,
    customer: look.customer,
    organization: look.organization,
    address,
    isReminder: true,
  });
  const sending = { mayHaveLeft: false };
  const leaving = async (): Promise<void> => {
    if (!isFresh(Date.parse(look.readAt), clock())) throw new NotNow();
    await markInTime(async () => {
      await markReminderLeaving(ledger, closing.id, worker, timeNow(clock), hourlyCapOf(services));
      sending.mayHaveLeft = true;
    });
  };
  const record = (result: MessageResult): Promise<void> =>
    recordReminderOutcome(ledger, closing.id, timeNow(clock), result, null);
  let outcome: DeliveryOutcome;
  try {
    outcome = await provider.deliver(message, leaving);
    if (outcome.status !== 'not_sent') await record(outcome);
  } catch (error) {
    if (error instanceof Overslept) return unsent(services, reminder, overslept(), true);
    if (!sending.mayHaveLeft || (error instanceof Failure && error.kind === 'ledger')) throw error;
    // Whatever the error, even while the program is being stopped, the reminder may have left.
    const failure = error instanceof Failure ? error : defectOf(error);
    await record({ status: 'uncertain', failure: errorOf(failure) });
    if (services.signal.aborted) throw error;
    return { result: 'uncertain', failure };
  }
  if (outcome.status === 'not_sent') return unsent(services, reminder, refusalOf(outcome), outcome.temporary);
  return outcome.status === 'sent'
    ? { result: 'sent', failure: null }
    : { result: 'uncertain', failure: outcome.failure };
}

/** A failed read is retried like a failed send. */
function fail(services: Services, reminder: Reminder, failure: Failure): Promise<ReminderResult> {
  return unsent(services, reminder, failure, passes(failure) || stopsTheRun(failure));
}

async function unsent(
  { ledger, clock }: Services,
  { closingId, tries }: Reminder,
  failure: Failure,
  temporary: boolean,
): Promise<ReminderResult> {
  const isHopeless = !temporary && failure.kind === 'partial';
  const wait = isHopeless ? null : backOff(tries + 1, temporary);
  const retryAt = wait === null ? null : timeAt(clock() + wait);
  const result = { status: 'not_sent', temporary, failure: errorOf(failure) } as const;
  await recordReminderOutcome(ledger, closingId, timeNow(clock), result, retryAt);
  if (stopsTheRun(failure)) throw failure;
  return { result: 'failed', failure };
}

/** A customer who was asked in the name of one brand must not be reminded in the name of another. */
function brandRemoved(brand: string): Failure {
  const message = `the survey was sent for the brand ${brand}, which is no longer in the profile`;
  return new Failure('partial', 'brand_removed', message, {
    hint: 'Add the brand back to the profile, then retry the reminder.',
  });
}

function interrupted(): Failure {
  return new Failure('temporary', 'reminder_uncertain', 'the process ended while the reminder was leaving', {
    hint: "Look for it in Gladly or in the mail server's log. gcsat does not repeat it.",
  });
}
