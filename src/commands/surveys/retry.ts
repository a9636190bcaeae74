import { doubtHint } from '../../domain/closing/doubt.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { Failure } from '../../failure.ts';
import type { MessageSearch } from '../../workflow/operator/find-message.ts';
import type { Services } from '../../workflow/context/services.ts';
import { dryRunOption, surveyIdArgument, yesOption } from '../program/common-options.ts';
import type { CommandContext } from '../program/context.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';
import { dryRunNote } from './dry-run-note.ts';

interface RetryOptions {
  wasSent?: boolean | undefined;
  notSent?: boolean | undefined;
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

export const retryCommand: CommandDeclaration = {
  name: 'retry',
  summary: 'retry a failed or suppressed closing, or settle an uncertain one',
  details:
    'Decides a closing again and sends its survey. If an uncertain message went through Gladly, gcsat first looks for ' +
    "it in the customer's conversations, and records it as sent if it is there. Gladly may keep it outside of them, on " +
    "the customer's timeline, which only you can look at. Look for the message, then give --was-sent or --not-sent. " +
    'The reminder of a sent survey is settled the same way.',
  arguments: [surveyIdArgument],
  options: [
    { flags: '--was-sent', description: 'the uncertain message left: record it as sent, send nothing' },
    {
      flags: '--not-sent',
      description: 'the uncertain message did not leave: send it again, after asking',
    },
    yesOption,
    dryRunOption,
  ],
  examples: [
    'gcsat surveys retry 5LNrIaOiRJ6u3vQ8jHyTkQ --dry-run',
    'gcsat surveys retry 5LNrIaOiRJ6u3vQ8jHyTkQ --was-sent',
  ],
  async run(context, { arguments: [given], options }) {
    const { withDryRun } = await import('../../workflow/context/dry-run.ts');
    const { resolvedClosing } = await import('../../workflow/operator/surveys.ts');
    const { waitsForPerson } = await import('../../workflow/operator/reminders.ts');
    const { retryReminder } = await import('./retry-reminder.ts');
    const id = given as string;
    const { wasSent = false, notSent = false, yes = false, dryRun = false }: RetryOptions = options;
    refuseEmptyId(id);
    if (wasSent && notSent) throw contradiction();
    await context.settings({ keepsSigningKey: !dryRun });
    await context.withServices('interactive', (services) =>
      withDryRun(services, dryRun, async (own) => {
        const closing = await resolvedClosing(own.ledger, id, context.now());
        if (waitsForPerson(closing)) {
          const isSure = async (): Promise<boolean> => dryRun || yes || isConfirmed(context, own, closing);
          const given = { wasSent, notSent, isConfirmed: isSure };
          const failure = await retryReminder(own, closing, given, context.now);
          await show(context, own, closing, dryRun);
          if (failure !== null) throw failure;
          return;
        }
        if (wasSent) return recordAsSent(context, own, closing, { dryRun, itemId: null });
        if (closing.state === 'uncertain') {
          const search = await look(context, own, closing);
          if (search.result === 'found')
            return recordAsSent(context, own, closing, { dryRun, itemId: search.itemId });
          if (!notSent) throw stillUncertain(closing, search);
          if (!dryRun && !yes && !(await isConfirmed(context, own, closing)))
            return show(context, own, closing, dryRun);
        }
        return surveyAgain(context, { services, own }, closing, dryRun);
      }),
    );
  },
};

/** @param own the same services; in a dry run, with a copy of the ledger and no way to send. */
async function surveyAgain(
  context: CommandContext,
  { services, own }: { services: Services; own: Services },
  { id: closingId, conversationId, state }: Closing,
  dryRun: boolean,
): Promise<void> {
  const { resendSurvey, retrySurvey } = await import('../../workflow/operator/surveys.ts');
  const { readyToDeliver } = await import('../../workflow/survey/decide.ts');
  const { previewConversation } = await import('../../workflow/survey/preview.ts');
  const { surveyConversation } = await import('../../workflow/survey/survey-closing.ts');
  const { workOnConversations } = await import('../program/conversations.ts');
  const { announceQueue } = await import('../program/queue-note.ts');
  await announceQueue(context.output, own, dryRun);
  const decideAgain = state === 'uncertain' ? resendSurvey : retrySurvey;
  await decideAgain(own.ledger, closingId, context.now());
  const request = { conversationId, closingId };
  await workOnConversations(context, own, [conversationId], async (_id, steps) => {
    if (!dryRun) return surveyConversation(own, request, steps);
    // Checks the real delivery, whose settings may be wrong.
    await readyToDeliver(services);
    return previewConversation(own, request, steps);
  });
}

async function look(
  { output }: CommandContext,
  services: Services,
  closing: Closing,
): Promise<MessageSearch> {
  const { findMessage } = await import('../../workflow/operator/find-message.ts');
  const progress = output.progress('looking for the message in Gladly');
  const search = await findMessage(services, closing).finally(() => progress.stop());
  if (search.result === 'found') {
    const item = search.itemId === null ? '' : ` as item ${search.itemId}`;
    output.info(`Gladly shows the message${item}, so it was sent; it is not sent again`);
  }
  return search;
}

async function recordAsSent(
  context: CommandContext,
  services: Services,
  closing: Closing,
  { dryRun, itemId }: { dryRun: boolean; itemId: string | null },
): Promise<void> {
  const { confirmSurvey } = await import('../../workflow/operator/surveys.ts');
  await confirmSurvey(services.ledger, closing.id, context.now(), itemId);
  await show(context, services, closing, dryRun);
}

async function show(
  { now, output }: CommandContext,
  { ledger }: Services,
  { id }: Closing,
  dryRun: boolean,
): Promise<void> {
  const { surveyStoryView } = await import('../../terminal/story-view.ts');
  const { showSurvey } = await import('../../workflow/operator/surveys.ts');
  const story = { ...(await showSurvey(ledger, id, now())), dryRun };
  output.result(story, () => surveyStoryView(story, output) + dryRunNote(dryRun));
}

async function isConfirmed(
  context: CommandContext,
  { ledger }: Services,
  { id, surveyId, ...closing }: Closing,
): Promise<boolean> {
  if (!context.interactive) {
    const message = `sending the uncertain survey ${surveyId ?? ''} a second time needs confirmation`;
    throw new Failure('usage', 'confirmation_needed', message, {
      hint: `${doubtHint(surveyId ?? '')} On a terminal, gcsat asks first; use --yes only after you have looked.`,
    });
  }
  const { openPrompts } = await import('../../terminal/prompts.ts');
  const { openedText } = await import('../../terminal/survey-cells.ts');
  const { showSurvey } = await import('../../workflow/operator/surveys.ts');
  const { localTime } = await import('../../domain/values/local-time.ts');
  const { provider, address, leftAt } = closing;
  const message = `by ${provider ?? 'no delivery'} to ${address ?? 'no address'} at ${localTime(leftAt, null)}`;
  const isFirst = closing.state === 'uncertain';
  const opened = isFirst ? openedText(await showSurvey(ledger, id, context.now())) : null;
  if (opened !== null) context.output.warn(opened);
  const prompts = await openPrompts(context.signal);
  return prompts.confirm(`Did you check that the message ${message} is certainly not there? Send it again?`);
}

function stillUncertain(
  { id, surveyId }: Closing,
  search: Exclude<MessageSearch, { result: 'found' }>,
): Failure {
  const looked =
    search.result === 'absent'
      ? 'it is in none of the customer’s conversations in Gladly, which proves nothing'
      : `gcsat could not look for it: ${search.why}`;
  const message = `the message of the closing ${id} may have left, and nothing was sent; ${looked}`;
  return new Failure('usage', 'survey_uncertain', message, { hint: doubtHint(surveyId ?? '') });
}

function contradiction(): Failure {
  return new Failure('usage', 'bad_usage', '--was-sent and --not-sent contradict each other', {
    hint: 'Look for the message first, then give the one that is true.',
  });
}
