import { Failure, type FailureKind } from '../failure.ts';
import { describeFailure, type ConversationResult } from './describe.ts';
import type { Services } from './services.ts';
import { createSteps, type Steps } from './steps.ts';

/** Failures that the next conversation would meet too. */
const stopping: readonly FailureKind[] = [
  'credentials',
  'configuration',
  'ledger',
  'interrupted',
  'terminated',
];

export function stopsTheRest(failure: Failure): boolean {
  return stopping.includes(failure.kind) && !isOthers(failure);
}

/** Gladly does not permit this one (403), or nothing at all: only the others can tell. */
export function isForbidden({ code }: Failure): boolean {
  return code === 'forbidden';
}

/** Another process, or a person, was faster: that is one closing's trouble and not a fault of the ledger. */
export function isOthers({ code }: Failure): boolean {
  return code === 'closing_changed' || code === 'claim_lost' || code === 'closing_busy';
}

/**
 * Works on each conversation in turn, every one once. One that fails does not stop the rest, unless the rest would
 * fail alike.
 */
export async function eachConversation(
  services: Services,
  conversationIds: readonly string[],
  onStep: (conversationId: string, name: string) => void,
  work: (conversationId: string, steps: Steps) => Promise<ConversationResult>,
): Promise<ConversationResult[]> {
  const results: ConversationResult[] = [];
  for (const conversationId of new Set(conversationIds)) {
    const steps = createSteps(services, (name) => onStep(conversationId, name));
    const result = await attempt(conversationId, steps, work);
    results.push(result);
    if (result.failure !== null && stopsTheRest(result.failure)) break;
  }
  return results;
}

async function attempt(
  conversationId: string,
  steps: Steps,
  work: (conversationId: string, steps: Steps) => Promise<ConversationResult>,
): Promise<ConversationResult> {
  try {
    return await work(conversationId, steps);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return describeFailure(conversationId, steps, error);
  }
}
