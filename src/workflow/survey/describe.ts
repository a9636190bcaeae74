import { traitsOf } from '../../domain/delivery.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import type { DocumentError, FullHour, SurveyDocument, SurveyOutcome } from '../../documents/survey.ts';
import type { Failure } from '../../failure.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { SendingPause } from '../../domain/closing/pause.ts';
import { storedCustomer, evidenceOf } from './facts.ts';
import type { Look } from './look.ts';
import type { Steps } from '../context/steps.ts';

export interface ConversationResult {
  document: SurveyDocument;
  /** Why the work on this conversation failed; null if it did not. */
  failure: Failure | null;
}

interface Ending {
  outcome: SurveyOutcome;
  reasons: readonly Reason[];
  /** The closing's row after the work; null if there is none, as in a preview. */
  row: Closing | null;
  failure?: Failure | null;
  pause?: SendingPause | null;
  fullHour?: FullHour | null;
  warnings?: readonly string[];
}

/** What became of one conversation that was read. */
export function describe(look: Look, steps: Steps, ending: Ending): ConversationResult {
  const evidence = evidenceOf(look.read, look.credit, look.closing);
  const failure = ending.failure ?? null;
  const document: SurveyDocument = {
    conversationId: look.conversationId,
    outcome: ending.outcome,
    reasons: [...ending.reasons],
    attribution: evidence.attribution,
    responseText: look.read.responseTexts.get(evidence.attribution?.itemId ?? '') ?? null,
    timeline: evidence.timeline,
    conversation: evidence.conversation,
    // A survey keeps the brand that it was sent with, whichever brand has its inbox now.
    brand: isSurveyed(ending.row) ? ending.row.brand : look.brand.brand,
    customer: storedCustomer(look.read.customer),
    recordings: evidence.recordings.map((recording) => ({ ...recording, path: null })),
    survey: surveyOf(ending.row),
    pause: ending.pause ?? null,
    fullHour: ending.fullHour ?? null,
    warnings: [...look.credit.warnings, ...(ending.warnings ?? [])],
    error: failure === null ? null : errorOf(failure, look.conversationId),
    requests: steps.requests(),
    steps: steps.list,
  };
  return { document, failure };
}

/** What became of a conversation that could not be read or worked on. */
export function describeFailure(conversationId: string, steps: Steps, failure: Failure): ConversationResult {
  const document: SurveyDocument = {
    conversationId,
    outcome: 'failed',
    reasons: [],
    attribution: null,
    responseText: null,
    timeline: null,
    conversation: null,
    brand: null,
    customer: null,
    recordings: [],
    survey: null,
    pause: null,
    fullHour: null,
    warnings: [],
    error: errorOf(failure, conversationId),
    requests: steps.requests(),
    steps: steps.list,
  };
  return { document, failure };
}

function isSurveyed(row: Closing | null): row is Closing {
  return row !== null && row.surveyId !== null;
}

function surveyOf(row: Closing | null): SurveyDocument['survey'] {
  if (row === null || row.surveyId === null || row.provider === null) return null;
  // Only a survey that is answered elsewhere has no page.
  if (row.surveyUrl === null && traitsOf(row.provider).publicUrl !== 'unused') return null;
  return {
    id: row.surveyId,
    provider: row.provider,
    url: row.surveyUrl,
    sentAt: row.sentAt,
    externalId: row.externalId,
    dueAt: row.state === 'scheduled' ? row.dueAt : null,
  };
}

/** @param conversationId used when the failure names no conversation */
export function errorOf(failure: Failure, conversationId: string | null): DocumentError {
  return {
    code: failure.code,
    message: failure.message,
    hint: failure.hint,
    conversationId: failure.conversationId ?? conversationId,
  };
}
