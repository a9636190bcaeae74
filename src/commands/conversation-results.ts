import { exitCodes, Failure } from '../failure.ts';
import { surveyView } from '../terminal/survey-view.ts';
import type { ConversationResult } from '../workflow/survey/describe.ts';
import { eachConversation } from '../workflow/runs/each-conversation.ts';
import type { Services } from '../workflow/context/services.ts';
import type { Steps } from '../workflow/context/steps.ts';
import type { CommandContext } from './context.ts';

/** What is done with one conversation. */
export type ConversationWork = (conversationId: string, steps: Steps) => Promise<ConversationResult>;

/**
 * Works on each conversation, with a spinner that tells what is being done, and prints what became of it.
 *
 * @throws Failure of the one conversation that failed, or one that counts them: it decides the exit code.
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
 * The conversations that a command line names; without one the example of the embedded sandbox.
 *
 * @throws Failure kind usage when none is named, or for an id that cannot be one.
 */
export async function namedConversations(
  context: CommandContext,
  given: readonly string[],
): Promise<readonly string[]> {
  await context.settings();
  const sandbox = context.sandbox();
  if (given.length === 0 && sandbox !== null) return [sandbox.exampleConversationId];
  if (given.length === 0) {
    throw new Failure('usage', 'no_conversation', 'no conversation is named', {
      hint: 'give one or more conversation ids, or --sandbox for one that is made up',
    });
  }
  checkConversationIds(given);
  return given;
}

/**
 * Prints what became of each conversation: one document, or an array of them where several were asked for.
 *
 * @throws Failure of the one conversation that failed, or one that counts them: it decides the exit code.
 */
function reportConversations(
  { output }: CommandContext,
  results: readonly ConversationResult[],
  ids: readonly string[],
  more: (result: ConversationResult) => string = () => '',
): void {
  const asked = new Set(ids).size;
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
  if (output.jsonl) for (const document of documents) output.line(document, () => '');
  else if (output.json || shown.length > 0)
    output.result(ids.length === 1 ? only?.document : documents, human);

  const failures = results.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first === undefined) return;
  if (asked === 1) throw first;
  for (const { document, failure } of results) {
    if (failure !== null) output.warn(`${document.conversationId}: ${failure.message} (${failure.hint})`);
  }
  const stopped = failures.find(({ kind }) => kind === 'interrupted' || kind === 'terminated');
  throw stopped ?? summaryOf(failures, asked, results.length);
}

/** All failed alike: their own kind. Else some items failed and the others are done. */
function summaryOf(failures: readonly Failure[], asked: number, done: number): Failure {
  const kinds = new Set(failures.map(({ kind }) => exitCodes[kind]));
  const [first] = failures;
  const stopped = done < asked ? `, ${asked - done} not begun` : '';
  const isUniform = kinds.size === 1 && (failures.length === asked || stopped !== '');
  return new Failure(
    isUniform && first !== undefined ? first.kind : 'partial',
    'conversations_failed',
    `${failures.length} of ${asked} conversations failed${stopped}`,
    { hint: 'the lines above say why; run the failed ones again' },
  );
}

/** @throws Failure kind usage for an id that cannot be one. */
export function checkConversationIds(ids: readonly string[]): void {
  if (ids.every((id) => id.trim() !== '')) return;
  throw new Failure('usage', 'empty_conversation_id', 'a conversation id is empty', {
    hint: 'give ids as Gladly shows them, e.g. in the address of the conversation',
  });
}
