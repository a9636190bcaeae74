import { fitToForm } from '../../../src/domain/survey/form.ts';
import type { Salutation } from '../../../src/workflow/serving/salutations.ts';
import type {
  SurveyDesk,
  SurveyView,
  TypedAnswer,
  VisitKind,
} from '../../../src/workflow/serving/survey-desk.ts';

export type OpenSurvey = Extract<SurveyView, { state: 'open' }>;

export const openToken = 'open-survey';

export const openSurvey: OpenSurvey = {
  state: 'open',
  surveyId: 'survey-1',
  companyName: 'Acme Outdoor',
  language: 'en',
  brand: null,
  agentFirstName: 'Maria',
  channel: 'email',
  closedAt: '2026-11-12T15:00:00.000Z',
  timeZone: 'Europe/Berlin',
  unsubscribeToken: 'unsubscribe-token',
  form: null,
  answer: null,
};

/** One survey behind one token, in memory: what the pages need from a desk, and nothing else of the workflow. */
export interface SmallDesk extends SurveyDesk {
  survey: OpenSurvey;
  answers: TypedAnswer[];
  visits: VisitKind[];
  isUnsubscribed: boolean;
  /** Whether the survey went to the outbox. */
  isTrial: boolean;
  /** How many answers and unsubscribes the desk has taken. */
  changes(): number;
}

export function smallDesk(about: Partial<OpenSurvey> = {}): SmallDesk {
  const desk: SmallDesk = {
    survey: { ...openSurvey, ...about },
    answers: [],
    visits: [],
    isUnsubscribed: false,
    isTrial: false,
    changes: () => desk.answers.length + (desk.isUnsubscribed ? 1 : 0),
    isOurs: async (_, token) => token === openToken,
    view: async (token) => (token === openToken ? desk.survey : closed()),
    async answer(token, answer) {
      if (token !== openToken) return { ...closed(), saved: false, changed: false, problems: [] };
      const { rating, resolved, comment, reason = '', answer: words = '' } = answer;
      const { problems, ...fitting } = fitToForm(desk.survey.form, rating, { reason, answer: words });
      if (problems.length > 0) return { ...desk.survey, saved: false, changed: false, problems };
      const given = { rating, resolved, comment, ...fitting };
      const changed = JSON.stringify(desk.survey.answer) !== JSON.stringify(given);
      desk.answers.push(desk.survey.form === null ? { rating, resolved, comment } : answer);
      desk.survey = { ...desk.survey, answer: given };
      return { ...desk.survey, saved: true, changed, problems };
    },
    visited: (_token, kind) => void desk.visits.push(kind),
    async subscription(token) {
      if (token !== openToken) return closed();
      return { ...salutation(), state: desk.isUnsubscribed ? 'unsubscribed' : 'subscribed' };
    },
    async unsubscribe(token) {
      if (token !== openToken) return closed();
      if (desk.isTrial) return { ...salutation(), state: 'trial' };
      desk.isUnsubscribed = true;
      return { ...salutation(), state: 'unsubscribed' };
    },
  };
  const salutation = (): Salutation => ({
    companyName: desk.survey.companyName,
    language: desk.survey.language,
    brand: desk.survey.brand,
  });
  const closed = (): Salutation & { state: 'closed' } => ({
    ...salutation(),
    state: 'closed',
  });
  return desk;
}
