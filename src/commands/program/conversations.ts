import { exitCodes, Failure } from '../../failure.ts';
import { surveyView } from '../../terminal/survey-view.ts';
import type { ConversationResult } from '../../workflow/survey/describe.ts';
import { eachConversation } from '../../workflow/runs/each-conversation.ts';
import type { Services } from '../../workflow/context/services.ts';
import type { Steps } from '../../workflow/context/steps.ts';
import type { CommandContext } from './context.ts';
import { refuseEmptyConversationId } from './empty-ids.ts';

export type ConversationWork = (conversationId: string, steps: Steps) => Promise<ConversationResult>;

/**
 * Works on each conversation, with a spinner that shows the current step, and prints the results: one document, or an
 * array of documents for several conversations.
 *
 * @throws Failure of the only conversation, or one that counts the failed conversations; it determines the exit code.
 */
export async function workOnConversations(
  context: CommandContext,
  services: Services,
  ids: readonly string[],
  work: ConversationWork,
  more?: (result: ConversationResult) => string,
): Promise<void> {
  const progress = context.output.progress('reading Gladly');
  const results = await eachConversation(
    services,
    ids,
    (id, name) => progress.update(ids.length === 1 ? name : `${id}: ${name}`),
    work,
  ).finally(() => progress.stop());
  reportConversations(context, results, ids, more);
}

/**
 * The conversations on the command line. If there are none, the embedded sandbox chooses one.
 *
 * @throws Failure kind usage if none is named, or for an empty id.
 */
export async function namedConversations(
  context: CommandContext,
  given: readonly string[],
): Promise<readonly string[]> {
  await context.settings();
  const sandbox = context.sandbox();
  if (given.length === 0 && sandbox !== null) return [sandbox.exampleConversationId];
  if (given.length === 0) {
    throw new Failure('usage', 'no_conversation', 'no conversation given', {
      hint: 'Give one or more conversation ids, or use --sandbox to try a sample conversation.',
    });
  }
  refuseEmptyConversationId(given);
  return given;
}

function reportConversations(
  { output }: CommandContext,
  results: readonly ConversationResult[],
  ids: readonly string[],
  more: (result: ConversationResult) => string = () => '',
): void {
  const requested = new Set(ids).size;
  const documents = results.map(({ document }) => document);
  for (const { document } of results) {
    for (const warning of document.warnings) output.warn(`${document.conversationId}: ${warning}`);
  }
  const [only] = results;
  const shown = results.filter(({ document }) => document.conversation !== null);
  const human = (): string =>
    shown
      .map((result) => `${surveyView(result.document, output)}${more(result)}`)
      .join(`\n${output.paint.dim('─'.repeat(Math.min(output.columns, 80)))}\n`);
  if (output.jsonl) for (const document of documents) output.line(document);
  else if (output.json || shown.length > 0)
    output.result(ids.length === 1 ? only?.document : documents, human);

  const failures = results.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first === undefined) return;
  if (requested === 1) throw first;
  for (const { document, failure } of results) {
    if (failure !== null) output.warn(`${document.conversationId}: ${failure.message} (${failure.hint})`);
  }
  const stopped = failures.find(({ kind }) => kind === 'interrupted' || kind === 'terminated');
  throw stopped ?? summaryOf(failures, requested, results.length);
}

/** Has the kind of the failures if all conversations failed alike, else kind partial. */
function summaryOf(failures: readonly Failure[], requested: number, done: number): Failure {
  const kinds = new Set(failures.map(({ kind }) => exitCodes[kind]));
  const [first] = failures;
  const stopped = done < requested ? `, ${requested - done} not started` : '';
  const isUniform = kinds.size === 1 && (failures.length === requested || stopped !== '');
  return new Failure(
    isUniform && first !== undefined ? first.kind : 'partial',
    'conversations_failed',
    `${failures.length} of ${requested} conversations failed${stopped}`,
    { hint: 'The lines above say why. Run the failed ones again.' },
  );
}
