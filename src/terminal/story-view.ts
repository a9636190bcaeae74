import { reasonWords } from '../domain/eligibility/reason-words.ts';
import type { SurveyStory } from '../documents/surveys.ts';
import { flow, isNarrow, labelled } from './narrow.ts';
import type { Output } from './output.ts';
import { alertText } from './alert-view.ts';
import { countText } from './count-view.ts';
import { reminderText } from './reminder-view.ts';
import { customerName, openedText, replyText, stateShade, stateText } from './survey-cells.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';
import { readableTimes } from './readable-times.ts';

/** The whole story of one closing. */
export function surveyStoryView(
  story: SurveyStory & { dryRun?: boolean },
  screen: Pick<Output, 'columns' | 'paint'>,
): string {
  const { columns, paint } = screen;
  // What a dry run adds is the last entry.
  const would = ({ length }: readonly unknown[], index: number): string =>
    story.dryRun === true && index === length - 1 ? 'would be recorded as ' : '';
  const line = (label: string, value: string): string => labelled(label, clean(value), screen);
  const attribution = story.evidence?.attribution ?? null;
  const lines = [
    line('Closing', story.closingId),
    line('Conversation', story.conversationId),
    `${paint.dim('State'.padEnd(13))} ${stateShade(story.state, paint)(stateText(story, 'would be recorded as'))}`,
    line('Customer', customerName(story)),
    line('Credit', story.agent?.name ?? story.agent?.id ?? 'no agent'),
    ...(story.brand === null ? [] : [line('Brand', story.brand)]),
  ];
  if (attribution !== null) {
    const { itemType, respondedAt, itemId } = attribution;
    const item = itemId === null ? itemType : `${itemType} ${itemId}`;
    lines.push(line('Evidence', `${item} at ${localTime(respondedAt, null)}`));
  }
  lines.push(
    ...story.reasons.map(({ code, detail }) =>
      line('Reason', `${reasonWords[code]}: ${readableTimes(detail)}`),
    ),
  );
  if (story.error !== null)
    lines.push(line('Error', readableTimes(`${story.error.message} (${story.error.hint})`)));
  const there = story.medallia?.deliveryStatus ?? null;
  if (there !== null) lines.push(line('There', `Agent Connect reports: ${clean(there)}`));
  if (story.reminder !== null) lines.push(line('Reminder', reminderText(story.reminder)));
  if (story.count !== null) lines.push(line('Counted', countText(story.count)));
  if (story.imported !== null) lines.push(line('Imported', importedText(story)));
  if (story.surveyId !== null) lines.push(line('Survey', story.surveyId));
  if (story.url !== null) lines.push(line('Link', story.url));
  for (const [index, message] of story.messages.entries()) {
    const outcome = `${would(story.messages, index)}${message.outcome ?? 'on its way'}`;
    const how = `${message.provider} to ${message.address ?? 'no address'}: ${outcome}`;
    lines.push(line('Message', `${localTime(message.leftAt, null)} ${how}`));
  }
  for (const { kind, count, firstAt, lastAt } of story.visits) {
    const when =
      count === 1 ? localTime(firstAt, null) : `${localTime(firstAt, null)} to ${localTime(lastAt, null)}`;
    lines.push(line('Visits', `${kind} ${count === 1 ? 'once' : `${count} times`}, ${when}`));
  }
  const arrived = story.state === 'uncertain' ? openedText(story) : null;
  if (arrived !== null) lines.push(line('', `${arrived}, so use --was-sent.`));
  for (const answer of story.answers) {
    const { rating, resolved, comment, revision, answeredAt, source } = answer;
    const said = resolved === null ? '' : resolved ? ', resolved' : ', not resolved';
    const which = `revision ${revision}, by ${source}`;
    lines.push(line('Answer', `${localTime(answeredAt, null)} ${rating}/5${said} (${which})`));
    if (answer.reason !== null) lines.push(line('Main reason', answer.reason));
    if (comment !== null && comment !== '') lines.push(line('Comment', comment));
    if (answer.question !== null) lines.push(line('Question', replyText(answer.question)));
  }
  for (const { at, text, done } of story.notes) {
    lines.push(line('Note', `${localTime(at, null)} ${text}${done ? ' (done)' : ''}`));
  }
  for (const { itemId, state, postedAt } of story.cards) {
    const posted = postedAt === null ? '' : `posted ${localTime(postedAt, null)}`;
    lines.push(
      line('Card', `${itemId} ${state === 'posted' ? posted : [posted, state].filter(Boolean).join(', ')}`),
    );
  }
  if (story.cardFailure !== null) {
    const { tries, retryAt, error } = story.cardFailure;
    const next = retryAt === null ? 'not tried again automatically' : `next try ${localTime(retryAt, null)}`;
    const count = tries === 1 ? '1 try' : `${tries} tries`;
    lines.push(line('No card yet', `${error.message} (${error.hint} ${count}, ${next}.)`));
  }
  lines.push(...story.alerts.map((alert) => line('Alert', alertText(alert))));
  lines.push('', paint.bold('History'));
  for (const [index, { at, transition, to, note }] of story.history.entries()) {
    const [time, step] = [localTime(at, null), `${transition} → ${would(story.history, index)}${to}`];
    const noted = note === null ? '' : `  ${clean(note)}`;
    if (isNarrow(columns)) {
      lines.push(`  ${time}`, ...flow(`${step}${noted}`, columns - 4).map((part) => `    ${part}`));
    } else {
      lines.push(`  ${time}  ${step}${noted}`);
    }
  }
  lines.push(...story.otherClosings.map((id) => line('Other closing', id)));
  return lines.join('\n');
}

function importedText({ imported, sentAt }: Pick<SurveyStory, 'imported' | 'sentAt'>): string {
  const asked = sentAt === null ? 'not asked there' : `asked there on ${localTime(sentAt, null)}`;
  return `from Agent Connect, ${asked} (${imported ?? ''})`;
}
