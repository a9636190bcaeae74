import type { ForgetDocument } from '../../documents/forget.ts';
import { dryRunOption, yesOption } from '../program/common-options.ts';
import type { CommandContext } from '../program/context.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';

export const forgetCommand: CommandDeclaration = {
  name: 'forget',
  summary: 'erase a customer: names, addresses, comments, cards',
  details:
    'Erases everything gcsat stores about a customer in the ledger, the outbox, and fetched recordings, and deletes ' +
    'the cards in Gladly. Counts and ratings stay, and so does a keyed hash of the addresses, so that no customer is surveyed again ' +
    'because they were forgotten. It cannot be undone. You have to erase backups and exported files yourself.',
  arguments: [
    {
      name: '<customer>',
      description: 'the id of a customer in Gladly, an email address, or a number with its country code',
    },
  ],
  options: [
    { flags: '--keep-card', description: 'leave the cards on the timeline in Gladly' },
    yesOption,
    dryRunOption,
  ],
  examples: ['gcsat surveys forget kim@example.com --dry-run', 'gcsat surveys forget +14155550100 --yes'],
  async run(context, { arguments: [given], options }) {
    const { forgetView } = await import('../../terminal/forget-view.ts');
    const { forgetCustomer } = await import('../../workflow/forgetting/forget.ts');
    const { output } = context;
    const typed = (given as string).trim();
    refuseEmptyId(typed);
    const [dryRun, yes, keepCards] = ['dryRun', 'yes', 'keepCard'].map((name) => options[name] === true) as [
      boolean,
      boolean,
      boolean,
    ];
    await context.withServices('interactive', async (services) => {
      const confirm = (plan: ForgetDocument): Promise<boolean> => isConfirmed(context, plan, keepCards);
      const { document, failure } = await forgetCustomer(services, typed, {
        dryRun,
        keepCards,
        confirm: yes ? () => Promise.resolve(true) : confirm,
      });
      output.result(document, () => forgetView(document, output));
      for (const warning of document.warnings) output.warn(warning);
      if (failure !== null) throw failure;
    });
  },
};

async function isConfirmed(
  context: CommandContext,
  plan: ForgetDocument,
  keepCards: boolean,
): Promise<boolean> {
  const { forgetView } = await import('../../terminal/forget-view.ts');
  const { confirmed } = await import('../program/confirmation.ts');
  if (context.interactive) {
    // One call per line, because a message cannot contain line breaks.
    for (const line of forgetView(plan, context.output).split('\n')) context.output.info(line);
  }
  const cards = keepCards || plan.counts.cards === 0 ? '' : ', and the cards in Gladly';
  return confirmed(context, 'forgetting a customer', `Erase all of this${cards}? It cannot be undone.`);
}
