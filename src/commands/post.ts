import { about, Failure } from '../failure.ts';
import type { PostedAnswer, PostRequest } from '../workflow/answers/post-answer.ts';
import { dryRunOption } from './program/common-options.ts';
import type { CommandDeclaration } from './program/declaration.ts';
import { refuseEmptyConversationId } from './program/empty-ids.ts';

interface PostOptions {
  rating?: string | undefined;
  comment?: string | undefined;
  resolved?: string | undefined;
  reason?: string | undefined;
  answer?: string | undefined;
  survey?: string | undefined;
}

export const postCommand: CommandDeclaration = {
  name: 'post',
  group: 'Surveys',
  summary: "post an answer to the customer's timeline",
  details:
    "Formats a survey answer and posts it to the customer's timeline. Repeating it changes nothing. Without " +
    "--rating, it posts a survey's recorded answer. An answer to a conversation belongs to its latest closing; " +
    'for an earlier one, give --survey.',
  arguments: [{ name: '[conversationId]', description: 'the conversation that was rated' }],
  options: [
    { flags: '--rating <number>', description: '1 to 5' },
    { flags: '--comment <text>', description: "the customer's words" },
    {
      flags: '--resolved <answer>',
      description: 'whether the issue was resolved',
      choices: ['yes', 'no'],
    },
    { flags: '--reason <text>', description: 'why the rating is low: one of the reasons of the survey' },
    { flags: '--answer <text>', description: "to the survey's own question: a number, an option, or words" },
    { flags: '--survey <id>', description: 'the survey whose answer to post, instead of a conversation' },
    dryRunOption,
  ],
  examples: [
    'gcsat post 5LNrIaOiRJ6u3vQ8jHyTkQ --rating 5 --resolved yes --comment "Quick and kind"',
    'gcsat post --survey svy_4f1c --dry-run',
  ],
  async run({ output, withServices }, { arguments: [id], options }) {
    const { postView } = await import('../terminal/post-view.ts');
    const { postAnswer } = await import('../workflow/answers/post-answer.ts');
    const { sendAlertsOf } = await import('../workflow/answers/alerts.ts');
    const { createSteps } = await import('../workflow/context/steps.ts');
    const conversationId = id as string | undefined;
    const request = requestOf(conversationId, options);
    await withServices('interactive', async (services) => {
      const progress = output.progress('reading Gladly');
      const steps = createSteps(services, (name) => progress.update(name));
      const document = await postAnswer(services, request, { dryRun: options['dryRun'] === true, steps })
        .catch((error: unknown) => {
          throw conversationId !== undefined && error instanceof Failure
            ? about(conversationId, error)
            : error;
        })
        .finally(() => progress.stop());
      output.result(document, () => postView(document, output));
      if (options['dryRun'] === true) return;
      for (const { message } of await sendAlertsOf(services, document.surveyId)) {
        output.warn(
          `an alert about the rating could not be sent: ${message}; \`gcsat surveys show\` has the details`,
        );
      }
    });
  },
};

function requestOf(conversationId: string | undefined, options: PostOptions): PostRequest {
  const answer = answerOf(options);
  const { survey } = options;
  if (survey !== undefined && conversationId !== undefined) {
    throw usage('give either a conversation or --survey, not both', 'Leave one of them out.');
  }
  if (survey !== undefined) {
    if (survey.trim() === '') throw usage('the survey id is empty', 'Give --survey an id.');
    return { surveyId: survey, answer };
  }
  if (conversationId === undefined) {
    throw usage('there is nothing to post', 'Give a conversation id with --rating, or --survey ID.');
  }
  refuseEmptyConversationId([conversationId]);
  if (answer === null) throw usage('--rating is missing', 'Give --rating 1 to 5.');
  return { conversationId, answer };
}

/** Null if no answer is given, which means the recorded answer. */
function answerOf({ rating, comment, resolved, reason, answer }: PostOptions): PostedAnswer | null {
  if (rating === undefined) {
    const needing = Object.entries({ comment, resolved, reason, answer }).filter(
      ([, value]) => value !== undefined,
    );
    if (needing.length === 0) return null;
    const names = needing.map(([name]) => `--${name}`).join(' and ');
    throw usage(
      `${names} ${needing.length === 1 ? 'needs' : 'need'} a --rating`,
      'Give --rating 1 to 5 as well.',
    );
  }
  if (!/^[1-5]$/.test(rating))
    throw usage(`--rating must be 1 to 5, not '${rating}'`, 'Give a whole number.');
  const text = comment?.trim() ?? '';
  return {
    rating: Number(rating),
    resolved: resolved === undefined ? null : resolved === 'yes',
    comment: text === '' ? null : text,
    reason: reason ?? '',
    answer: answer ?? '',
  };
}

function usage(message: string, hint: string): Failure {
  return new Failure('usage', 'usage', message, { hint });
}
