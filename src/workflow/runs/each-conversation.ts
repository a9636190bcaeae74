import { Failure, isForbidden, stopsTheRun } from '../../failure.ts';
import { describeFailure, type ConversationResult } from '../survey/describe.ts';
import type { Services } from '../context/services.ts';
import { createSteps, type Steps } from '../context/steps.ts';

/** Works on each conversation once, in turn. A failure does not stop the rest, unless they would fail the same way. */
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
    const { failure } = result;
    if (failure !== null && (stopsTheRun(failure) || isForbidden(failure))) break;
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
