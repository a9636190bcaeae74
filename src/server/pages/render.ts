import { dayOf, type Language, type Speech } from '../../html/languages.ts';
import { isolated, longestCompanyName, longestFirstName, visibleName } from '../../html/names.ts';
import { conversationBy, type Notice, type PageSentences, type Words } from '../../html/sentences.ts';
import { wordsWith, type OwnTexts } from '../../html/own-texts.ts';
import { longestWords, type FormProblem } from '../../domain/survey/form.ts';
import { bareToken } from '../../domain/survey/token.ts';
import { htmlTemplates } from '../../html/templates.ts';
import type { SurveyView } from '../../workflow/serving/survey-desk.ts';
import { longestComment, type FilledIn } from './answer-form.ts';
import type { Assets } from './assets.ts';
import { formParts, givenParts } from './form-parts.ts';
import noticeSource from './templates/notice.eta?raw';
import pageSource from './templates/page.eta?raw';
import surveySource from './templates/survey.eta?raw';
import thanksSource from './templates/thanks.eta?raw';
import unsubscribeSource from './templates/unsubscribe.eta?raw';
import unsubscribedSource from './templates/unsubscribed.eta?raw';

/** What every page depends on. */
export interface Visit {
  speech: Speech;
  /** As the operator wrote it; empty: unknown. */
  companyName: string;
  /** Empty on pages without a form. The token came in the URL, so the customer already has it. */
  token: string;
}

export type OpenSurvey = Extract<SurveyView, { state: 'open' }>;

/** What is wrong with an answer. */
export type Problem = 'rating_missing' | 'comment_too_long' | FormProblem;

export type NoticeName = {
  [Name in keyof PageSentences]: PageSentences[Name] extends Notice ? Name : never;
}[keyof PageSentences];

/** The pages as HTML. */
export interface Pages {
  survey(visit: Visit, survey: OpenSurvey, filledIn: FilledIn, problems: readonly Problem[]): string;
  thanks(visit: Visit, answer: NonNullable<OpenSurvey['answer']>, form: OpenSurvey['form']): string;
  unsubscribe(visit: Visit): string;
  unsubscribed(visit: Visit): string;
  notice(visit: Omit<Visit, 'token'>, name: NoticeName): string;
}

const ratings = [1, 2, 3, 4, 5] as const;
/** The thank-you page shows only the beginning, to remind the customer of the comment. */
const longestReminder = 280;

const sources = {
  '@page': pageSource,
  '@survey': surveySource,
  '@thanks': thanksSource,
  '@notice': noticeSource,
  '@unsubscribe': unsubscribeSource,
  '@unsubscribed': unsubscribedSource,
};

export function pagesWith(assets: Assets, texts?: OwnTexts): Pages {
  const wordsOf = (language: Language): Words => wordsWith(language, texts);
  const render = htmlTemplates(sources);
  const page = (
    template: keyof typeof sources,
    { speech, companyName }: Omit<Visit, 'token'>,
    content: { title: string } & Record<string, unknown>,
  ): string =>
    render(template, {
      language: speech.language,
      words: wordsOf(speech.language).page,
      company: shownName(companyName, longestCompanyName) ?? '',
      palette: assets.palette,
      // A sibling of `s` and `u`, wherever a reverse proxy puts them.
      assets: '../assets',
      stylesheet: assets.stylesheet.name,
      icon: assets.icon.name,
      logo: assets.logo?.name ?? null,
      ...content,
    });

  return {
    survey(visit, survey, filledIn, problems) {
      const { speech } = visit;
      const wording = wordsOf(speech.language);
      const { question: ask, stars, verdicts, unsubscribeLink, page: words } = wording;
      const question = ask(shownName(survey.agentFirstName, longestFirstName));
      const described = problems.map((problem) => ({ ...describe(problem, speech), problem }));
      const textOf = (problem: Problem): string =>
        described.find((one) => one.problem === problem)?.text ?? '';
      return page('@survey', visit, {
        title: problems.length === 0 ? question : words.titleOfProblem(question),
        question,
        about: aboutOf(visit, survey, wording),
        answeredAlready: survey.answer !== null,
        problems: described,
        ratingProblem: textOf('rating_missing'),
        commentProblem: textOf('comment_too_long'),
        action: pathOf(visit),
        stars: ratings.map((rating, index) => ({
          rating,
          label: stars(rating),
          verdict: verdicts[index],
          chosen: filledIn.rating === rating,
        })),
        choices: [
          { name: 'yes', value: 'yes', label: words.yes, chosen: filledIn.resolved === true },
          { name: 'no', value: 'no', label: words.no, chosen: filledIn.resolved === false },
          // Without scripts, there is no other way to take back a yes or no.
          { name: 'none', value: '', label: words.noAnswer, chosen: false },
        ],
        form: formParts(survey.form, filledIn, speech, wording),
        reasonProblem: textOf('reason_unknown'),
        answerProblem: textOf('scale_unknown') || textOf('choice_unknown') || textOf('words_too_long'),
        comment: filledIn.comment ?? '',
        longestComment,
        button: survey.answer === null ? words.send : words.sendAgain,
        whoReads: words.whoReads(nameIn(visit)),
        unsubscribe: { url: `../u/${survey.unsubscribeToken}`, label: unsubscribeLink },
      });
    },

    thanks(visit, { rating, resolved, comment, ...given }, form) {
      const wording = wordsOf(visit.speech.language);
      const { stars, page: words } = wording;
      const { reason, question, answer } = givenParts(form, given, visit.speech, wording);
      const verdicts: Record<string, string> = { true: words.wasResolved, false: words.wasNotResolved };
      return page('@thanks', visit, {
        title: words.thanks,
        saved: words.saved(nameIn(visit)),
        given: stars(rating),
        stars: ratings.map((star) => ({ lit: star <= rating })),
        resolved: verdicts[String(resolved)] ?? '',
        reason,
        question: answer === '' ? '' : question,
        answer: shortened(answer),
        comment: shortened(comment ?? ''),
        action: pathOf(visit),
      });
    },

    unsubscribe(visit) {
      const notice = wordsOf(visit.speech.language).page.unsubscribe(nameIn(visit));
      return page('@unsubscribe', visit, { ...notice, action: pathOf(visit) });
    },

    unsubscribed(visit) {
      const words = wordsOf(visit.speech.language).page;
      const name = nameIn(visit);
      return page('@unsubscribed', visit, {
        ...words.unsubscribed(name),
        mistake: words.unsubscribedByMistake(name),
      });
    },

    notice: (visit, name) => page('@notice', visit, { ...wordsOf(visit.speech.language).page[name] }),
  };
}

function aboutOf(visit: Visit, { channel, closedAt, timeZone }: OpenSurvey, words: Words): string {
  const day = dayOf(closedAt, visit.speech.locale, timeZone).replaceAll(' ', '\u00a0');
  return words.about(conversationBy(channel, words), nameIn(visit), day);
}

function nameIn({ companyName, speech }: Omit<Visit, 'token'>): string {
  return shownName(companyName, longestCompanyName) ?? wordsWith(speech.language, undefined).nameless;
}

function shownName(name: string | null, longest: number): string | null {
  const visible = visibleName(name, longest);
  return visible === null ? null : isolated(visible);
}

/** Without the link's query, and relative, because a reverse proxy may put our paths below one of its own. */
function pathOf({ token }: Visit): string {
  return `./${encodeURIComponent(bareToken(token))}`;
}

function describe(problem: Problem, { language, locale }: Speech): { text: string; target: string } {
  const words = wordsWith(language, undefined).page;
  switch (problem) {
    case 'rating_missing':
      return { text: words.ratingMissing, target: 'rating-1' };
    case 'comment_too_long':
      return { text: words.commentTooLong(longestComment.toLocaleString(locale)), target: 'comment' };
    case 'reason_unknown':
      return { text: words.reasonUnknown, target: 'reason-0' };
    case 'scale_unknown':
      return { text: words.scaleUnknown, target: 'answer-0' };
    case 'choice_unknown':
      return { text: words.choiceUnknown, target: 'answer-0' };
    case 'words_too_long':
      return { text: words.wordsTooLong(longestWords.toLocaleString(locale)), target: 'answer' };
  }
}

function shortened(comment: string): string {
  if (comment.length <= longestReminder) return comment;
  const start = [...new Intl.Segmenter().segment(comment.slice(0, longestReminder))].slice(0, -1);
  return `${start
    .map(({ segment }) => segment)
    .join('')
    .trimEnd()}…`;
}
