import { about, Failure } from '../failure.ts';
import { postView } from '../terminal/post-view.ts';
import { postAnswer, type AnswerContent, type PostRequest } from '../workflow/answers/post-answer.ts';
import { createSteps } from '../workflow/context/steps.ts';
import { checkConversationIds } from './conversation-results.ts';
import type { CommandContext } from './context.ts';
import { withServices } from './with-services.ts';

export interface PostOptions {
  rating?: string | undefined;
  comment?: string | undefined;
  resolved?: string | undefined;
  survey?: string | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat post`: an answer onto the customer's timeline; repeating it changes nothing. */
export async function runPost(
  context: CommandContext,
  conversationId: string | undefined,
  options: PostOptions,
): Promise<void> {
  const request = requestOf(conversationId, options);
  await withServices(context, 'interactive', async (services) => {
    const progress = context.output.progress('reading Gladly');
    const steps = createSteps(services, (name) => progress.update(name));
    const dryRun = options.dryRun === true;
    const document = await postAnswer(services, request, { dryRun, steps })
      .catch((error: unknown) => {
        throw conversationId !== undefined && error instanceof Failure ? about(conversationId, error) : error;
      })
      .finally(() => progress.stop());
    context.output.result(document, () => postView(document, context.output));
  });
}

function requestOf(conversationId: string | undefined, options: PostOptions): PostRequest {
  const answer = answerOf(options);
  if (options.survey !== undefined && conversationId !== undefined) {
    throw usage('give either a conversation or --survey, not both', 'leave one of them out');
  }
  if (options.survey !== undefined) {
    if (options.survey.trim() === '') throw usage('the survey id is empty', 'give --survey an id');
    return { surveyId: options.survey, answer };
  }
  if (conversationId === undefined) {
    throw usage('what to post is missing', 'give a conversation id with --rating, or --survey ID');
  }
  checkConversationIds([conversationId]);
  if (answer === null) throw usage('--rating is missing', 'give --rating 1 to 5');
  return { conversationId, answer };
}

/** Null where no answer is given, so that the stored one is meant. */
function answerOf({ rating, comment, resolved }: PostOptions): AnswerContent | null {
  if (rating === undefined) {
    if (comment === undefined && resolved === undefined) return null;
    throw usage('--comment and --resolved need a --rating', 'give --rating 1 to 5 as well');
  }
  if (!/^[1-5]$/.test(rating)) throw usage(`--rating must be 1 to 5, not '${rating}'`, 'give a whole number');
  if (resolved !== undefined && resolved !== 'yes' && resolved !== 'no') {
    throw usage(`--resolved must be yes or no, not '${resolved}'`, 'leave it out when nobody asked');
  }
  const text = comment?.trim() ?? '';
  return {
    rating: Number(rating),
    resolved: resolved === undefined ? null : resolved === 'yes',
    comment: text === '' ? null : text,
  };
}

function usage(message: string, hint: string): Failure {
  return new Failure('usage', 'usage', message, { hint });
}
