import { settleCommand } from '../../domain/closing/doubt.ts';
import { reminderProblem } from '../../domain/eligibility/policy-warnings.ts';
import { ok, skipped, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { typedCommands } from './typed-commands.ts';

export const remindersPossibleCheck: Check<Pick<CheckSources, 'settings'>> = {
  id: 'reminders.possible',
  about: 'reminders can leave, if the policy wants them',
  matters: 'Nobody is reminded.',
  needs: ['config.files'],
  run({ settings }) {
    const { policy, delivery } = settings();
    if (policy.reminderAfter === null) return skipped('the policy wants no reminders');
    const problem = reminderProblem(policy, delivery);
    if (problem === null) return ok(`by ${delivery}`);
    return {
      status: 'warning',
      code: 'reminders_impossible',
      summary: problem,
      fix: 'gcsat configure set reminderAfter=off',
    };
  },
};

export const remindersSettledCheck: Check<Pick<CheckSources, 'ledger' | 'figures' | 'clock'>> = {
  id: 'reminders.settled',
  about: 'no reminder waits for a person',
  matters:
    'gcsat never repeats a reminder that may have left, so that nobody gets two: a person has to settle each.',
  needs: ['ledger.open', 'ledger.version'],
  async run({ figures, ledger, clock }) {
    const { uncertain, failed, due } = (await figures()).reminders;
    if (uncertain + failed === 0)
      return ok(due === 0 ? 'none' : `none; ${due} ${due === 1 ? 'is' : 'are'} due`);
    const isInDoubt = uncertain > 0;
    const state = isInDoubt ? 'uncertain' : 'failed';
    const count = isInDoubt ? uncertain : failed;
    const list = isInDoubt
      ? 'gcsat surveys list --reminder uncertain'
      : 'gcsat surveys list --reminder failed';
    const commands = await typedCommands(
      await ledger(),
      { filter: { states: ['sent'], reminders: [state] }, count, list, nowMs: clock() },
      (id) => settleCommand(isInDoubt ? '--was-sent' : '--not-sent', id),
    );
    const reminders = count === 1 ? '1 reminder' : `${count} reminders`;
    return {
      status: 'warning',
      code: isInDoubt ? 'reminders_uncertain' : 'reminders_failed',
      kind: 'partial',
      summary: isInDoubt ? `${reminders} may or may not have left` : `${reminders} did not leave`,
      detail: isInDoubt
        ? `Look for each in Gladly, or in the log of the mail server. If it is there, type ${commands}; ` +
          'if it is certainly not, type the same with --not-sent, which sends it again.'
        : `Fix the cause that \`gcsat surveys show\` gives for each, then type ${commands}.`,
      fix: list,
    };
  },
};
