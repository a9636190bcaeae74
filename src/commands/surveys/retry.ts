import type { Services } from '../../workflow/context/services.ts';
import { dryRunOption, surveyIdArgument } from '../program/common-options.ts';
import type { CommandContext } from '../program/context.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';
import { dryRunNote } from './dry-run-note.ts';

export const retryCommand: CommandDeclaration = {
  name: 'retry',
  summary: 'decide again about one that failed, was suppressed or is uncertain',
  details:
    'Decides about a closing again, and sends its survey. For an uncertain one it is not known whether the message ' +
    'left: look for it in Gladly first, and settle it with --was-sent if it is there.',
  arguments: [surveyIdArgument],
  options: [
    { flags: '--was-sent', description: 'an uncertain one did arrive: record it as sent' },
    dryRunOption,
  ],
  examples: [
    'gcsat surveys retry 5LNrIaOiRJ6u3vQ8jHyTkQ --dry-run',
    'gcsat surveys retry 5LNrIaOiRJ6u3vQ8jHyTkQ --was-sent',
  ],
  async run(context, { arguments: [given], options }) {
    const { withDryRun } = await import('../../workflow/context/dry-run.ts');
    const id = given as string;
    const dryRun = options['dryRun'] === true;
    refuseEmptyId(id);
    await context.settings({ keepsSigningKey: !dryRun });
    await context.withServices('interactive', (services) =>
      withDryRun(services, dryRun, (own) =>
        options['wasSent'] === true
          ? settle(context, own, id, dryRun)
          : surveyAgain(context, { services, own }, id, dryRun),
      ),
    );
  },
};

/** @param own the same services, in a dry run with a copy of the ledger and without a way to send. */
async function surveyAgain(
  context: CommandContext,
  { services, own }: { services: Services; own: Services },
  id: string,
  dryRun: boolean,
): Promise<void> {
  const { retrySurvey } = await import('../../workflow/operator/surveys.ts');
  const { readyToDeliver } = await import('../../workflow/survey/decide.ts');
  const { previewConversation } = await import('../../workflow/survey/preview.ts');
  const { surveyConversation } = await import('../../workflow/survey/survey-closing.ts');
  const { workOnConversations } = await import('../program/conversations.ts');
  const { id: closingId, conversationId } = await retrySurvey(own.ledger, id, context.now());
  const request = { conversationId, closingId };
  await workOnConversations(context, own, [conversationId], async (_id, steps) => {
    if (!dryRun) return surveyConversation(own, request, steps);
    // With the real delivery, whose settings may be wrong.
    await readyToDeliver(services);
    return previewConversation(own, request, steps);
  });
}

async function settle(
  { now, output }: CommandContext,
  { ledger }: Services,
  id: string,
  dryRun: boolean,
): Promise<void> {
  const { surveyStoryView } = await import('../../terminal/surveys-view.ts');
  const { confirmSurvey, showSurvey } = await import('../../workflow/operator/surveys.ts');
  const at = now();
  const { id: closingId } = await confirmSurvey(ledger, id, at);
  const story = { ...(await showSurvey(ledger, closingId, at)), dryRun };
  output.result(story, () => surveyStoryView(story, output) + dryRunNote(dryRun));
}
