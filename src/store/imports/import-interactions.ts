import { timeAt } from '../../domain/values/instant.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import {
  importStep,
  longestRequestDelayMs,
  type ImportConflict,
  type ImportedInteraction,
  type TakingStep,
} from '../../domain/closing/imports.ts';
import { sameClosingMilliseconds } from '../../domain/closing/identity.ts';
import type { Answer } from '../../domain/survey/records.ts';
import { noFormAnswers } from '../../domain/survey/form.ts';
import { surveyIdOf } from '../../domain/survey/token.ts';
import { hashedAddress } from '../../domain/eligibility/hashed-address.ts';
import { addressKeyOf } from '../addresses/hashes.ts';
import { hasUnsubscribed, unsubscribeIn } from '../addresses/unsubscribes.ts';
import { newestAnswer } from '../answers/answers.ts';
import { formRowOf } from '../answers/rows.ts';
import { record } from '../closings/closing-reports.ts';
import { apply, closingIn, toClosing } from '../closings/rows.ts';
import { eraseRows } from '../erase/rows.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { claimReadRows } from './imported-rows.ts';

export type ImportResult =
  { took: 'answer' | 'changed_answer' | 'asked' | 'not_asked' } | { known: true } | { left: ImportConflict };

/** What became of many interactions, in order, and how many addresses they unsubscribed. */
export interface ImportedBatch {
  results: ImportResult[];
  unsubscribed: number;
}

/**
 * Makes interactions of another survey program part of the live lane, in one transaction: each becomes a closing that
 * is already settled, or joins a known closing. Nobody is asked because of it, and no card or alert is made. Repeating
 * it changes nothing.
 *
 * @param unsubscribing normalized addresses of other interactions, which get no surveys either
 */
export async function importInteractions(
  ledger: Ledger,
  {
    interactions,
    unsubscribing,
  }: { interactions: readonly ImportedInteraction[]; unsubscribing: readonly string[] },
  at: string,
): Promise<ImportedBatch> {
  const alone = {
    conversations: interactions.map(({ conversationId }) => conversationId),
    addresses: [...unsubscribing, ...interactions.flatMap(({ address }) => address ?? [])],
  };
  return ledger.write(alone, async (trx) => {
    const batch: ImportedBatch = { results: [], unsubscribed: 0 };
    const key = await addressKeyOf(trx);
    const unsubscribe = async (address: string): Promise<void> => {
      if (await hasUnsubscribed(trx, address)) return;
      const hashed = hashedAddress(key, address);
      await unsubscribeIn(trx, (await isForgotten(trx, hashed)) ? hashed : address, at, 'import');
      batch.unsubscribed += 1;
    };
    for (const interaction of interactions) {
      const { address } = interaction;
      const wasForgotten = address !== null && (await isForgotten(trx, hashedAddress(key, address)));
      batch.results.push(await importOne(trx, interaction, { at, wasForgotten }));
      if (address !== null && interaction.hasUnsubscribed) await unsubscribe(address);
    }
    for (const address of unsubscribing) await unsubscribe(address);
    return batch;
  });
}

async function importOne(
  trx: Writing,
  interaction: ImportedInteraction,
  { at, wasForgotten }: { at: string; wasForgotten: boolean },
): Promise<ImportResult> {
  const { interactionId } = interaction;
  const own = interactionId === null ? null : await closingNamed(trx, interactionId);
  if (own !== null && own.imported === null) return { left: 'own_request' };
  const { closing, isNew } = await closingOf(trx, interaction, at);
  const answer = closing.surveyId === null ? null : await newestAnswer(trx, closing.surveyId);
  const step = importStep(interaction, closing, { isNew, answer });
  if ('leave' in step) return { left: step.leave };
  await claimReadRows(trx, interaction, closing.id);
  if ('known' in step) return step;
  const kept = wasForgotten && !isNew ? { ...interaction, address: null } : interaction;
  await take(trx, closing, kept, { step, answer, at });
  if (wasForgotten && isNew) {
    const surveys = [surveyIdOf(closing.id)];
    await eraseRows(trx, { closings: [closing.id], surveys, unsubscribed: [], recordings: [] }, at);
  }
  return { took: step.take };
}

async function take(
  trx: Writing,
  closing: Closing,
  interaction: ImportedInteraction,
  { step, answer: before, at }: { step: TakingStep; answer: Answer | null; at: string },
): Promise<void> {
  const { id } = closing;
  const { answer, sentAt, address, channel, customerId } = interaction;
  const surveyId = closing.surveyId ?? surveyIdOf(id);
  if (step.move !== null) {
    const { change } = step.move;
    await apply(
      trx,
      id,
      { ...step.move, change: { ...change, ...(answer === null ? {} : { surveyId }) } },
      at,
    );
  }
  await trx
    .updateTable('closings')
    .set((eb) => ({
      imported: closing.imported ?? interaction.id,
      sent_at: eb.fn.coalesce('sent_at', eb.val(sentAt)),
      address: eb.fn.coalesce('address', eb.val(address)),
      email_key: eb.fn.coalesce('email_key', eb.val(address)),
      channel: eb.fn.coalesce('channel', eb.val(channel)),
      customer_id: eb.fn.coalesce('customer_id', eb.val(customerId)),
      ...(answer === null ? {} : { rating: answer.rating }),
    }))
    .where('id', '=', id)
    .execute();
  if (answer === null) return;
  await trx
    .insertInto('answers')
    .values({
      survey_id: surveyId,
      revision: (before?.revision ?? 0) + 1,
      closing_id: id,
      rating: answer.rating,
      resolved: answer.resolved === null ? null : Number(answer.resolved),
      comment: answer.comment,
      answered_at: answer.answeredAt,
      source: 'import',
      ...formRowOf(noFormAnswers),
    })
    .execute();
}

/** The closing of an interaction, recorded if it is not known. */
async function closingOf(
  trx: Writing,
  interaction: ImportedInteraction,
  at: string,
): Promise<{ closing: Closing; isNew: boolean }> {
  const { id, conversationId, customerId, closedAt } = interaction;
  const imported = await trx
    .selectFrom('closings')
    .select('id')
    .where('imported', '=', id)
    .executeTakeFirst();
  if (imported !== undefined) return { closing: await closingIn(trx, imported.id), isNew: false };
  const known = await closingBefore(trx, interaction);
  if (known !== null) return { closing: await closingIn(trx, known.id), isNew: false };
  const report = { lane: 'live', source: 'import', seenAt: at } as const;
  return record(trx, { ...report, conversationId, customerId, closedAt });
}

/** The newest closing that may have led to the request: closed shortly before it, and not reopened in between. */
async function closingBefore(
  db: Reading,
  { id, conversationId, closedAt }: ImportedInteraction,
): Promise<Closing | null> {
  const requestedMs = Date.parse(closedAt);
  const rows = await db
    .selectFrom('closings')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('lane', '=', 'live')
    .where('closed_at', '>=', timeAt(requestedMs - longestRequestDelayMs))
    .where('closed_at', '<=', timeAt(requestedMs + sameClosingMilliseconds))
    .orderBy('closed_at', 'desc')
    .execute();
  const found = rows.map(toClosing).find((closing) => {
    if (closing.reopenedAt !== null && closing.reopenedAt < closedAt) return false;
    // An imported closing has the time of its own request.
    const isNear = Math.abs(Date.parse(closing.closedAt) - requestedMs) <= sameClosingMilliseconds;
    return closing.imported === null || closing.imported === id || isNear;
  });
  return found ?? null;
}

async function closingNamed(db: Reading, id: string): Promise<Closing | null> {
  const row = await db.selectFrom('closings').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : toClosing(row);
}

/** Data that arrives after a customer was forgotten must not bring anything back. */
async function isForgotten(db: Reading, hashed: string): Promise<boolean> {
  const row = await db
    .selectFrom('closings')
    .select('id')
    .where('address', '=', hashed)
    .where('forgotten_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
