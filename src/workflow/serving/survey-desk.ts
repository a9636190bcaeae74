import type { Answer, VisitKind } from '../../domain/survey/records.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { firstNameOf } from '../../domain/values/person-name.ts';
import { fitToForm, type FormProblem, type GivenAnswers, type SurveyForm } from '../../domain/survey/form.ts';
import { surveyLife, type SurveyLife } from '../../domain/survey/life.ts';
import { credibleTime } from '../../domain/closing/identity.ts';
import type { TokenPurpose } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import { outermostAnswers, recordAnswer } from '../../store/answers/answers.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { formOfSurvey } from '../../store/closings/forms.ts';
import { closingOfSurvey } from '../../store/closings/closings.ts';
import { isUnsubscribed, unsubscribe } from '../../store/addresses/unsubscribes.ts';
import { alertPlan } from '../context/alert-plan.ts';
import { countsUnasked } from '../context/counts-unasked.ts';
import { contentOf, isSameContent, type AnswerContent, type FullContent } from '../answers/answer-content.ts';
import type { Services } from '../context/services.ts';
import { salutations, type Salutation } from './salutations.ts';
import { surveyTokens } from './survey-tokens.ts';
import { surveyVisits } from './survey-visits.ts';

export type { AnswerContent, VisitKind };

/** What a customer may see of a survey. Times are in RFC 3339, UTC. */
export type SurveyView =
  | ({
      state: 'open';
      surveyId: string;
      agentFirstName: string | null;
      channel: string | null;
      closedAt: string;
      timeZone: string | null;
      /** For customers who want no more surveys: a text message has no header for that. */
      unsubscribeToken: string;
      /** The form as it was when the message left. */
      form: SurveyForm | null;
      /** The current answer; null before the first one. */
      answer: FullContent | null;
    } & Salutation)
  /** Unknown, tampered with, expired, final, or canceled: the visitor must not learn which. */
  | ({ state: 'closed' } & Salutation);

export type Subscription = { state: 'subscribed' | 'unsubscribed' | 'closed' } & Salutation;

/** `trial`: only the operator has seen the link, so it unsubscribes no one. */
export type Unsubscribing = { state: 'unsubscribed' | 'closed' | 'trial' } & Salutation;

/** An answer as it comes from a page, not yet checked against the form. */
export type TypedAnswer = AnswerContent & Partial<GivenAnswers>;

/**
 * `saved` is false if the survey takes no answer or part of the answer does not fit the form; `changed` is also false
 * if the survey already had the same answer.
 */
export type TakenAnswer = SurveyView & {
  saved: boolean;
  changed: boolean;
  problems: readonly FormProblem[];
};

/** Everything that the customers' pages do. The token is the only capability; nothing here waits for Gladly. */
export interface SurveyDesk {
  /** Whether gcsat signed a token; does not read the ledger. */
  isOurs(purpose: TokenPurpose, token: string): Promise<boolean>;
  view(token: string): Promise<SurveyView>;
  answer(token: string, answer: TypedAnswer): Promise<TakenAnswer>;
  /** Notes a visit to a survey that was shown. It is written soon after and never scored. */
  visited(surveyId: string, kind: VisitKind): void;
  /** Takes the token of an unsubscribe link, which still works when the survey is over. */
  subscription(token: string): Promise<Subscription>;
  unsubscribe(token: string): Promise<Unsubscribing>;
}

export interface DeskListener {
  /** A new answer is on disk, and its card is missing. */
  onAnswer: () => void;
}

/** The answer came too late. */
class SurveyOver extends Error {}

/** Part of the answer does not fit the form. */
class Misfit extends Error {
  constructor(readonly current: Answer | null) {
    super('the answer does not fit the form');
  }
}

export function createSurveyDesk(
  services: Services,
  { onAnswer }: DeskListener,
): SurveyDesk & { flush(): Promise<void> } {
  const { ledger, settings, clock } = services;
  const { policy } = settings;
  const salutation = salutations(services);
  const links = surveyTokens(services);
  const visits = surveyVisits(services);

  const closed = async (brand: string | null): Promise<{ state: 'closed' } & Salutation> => {
    const { companyName, language } = await salutation(brand);
    return { state: 'closed', companyName, language, brand };
  };

  /** The brand for a link to no survey in this ledger. */
  const nobodys = settings.brands.length === 0 ? null : '';

  /** `closing` null: the link leads to no survey, or the customer was forgotten. */
  const find = async (
    purpose: TokenPurpose,
    token: string,
  ): Promise<{ closing: Closing | null; brand: string | null }> => {
    const read = await links.read(purpose, token);
    const closing = read === null ? null : await closingOfSurvey(ledger, read.surveyId);
    if (closing === null || read?.isOf(closing) !== true) return { closing: null, brand: nobodys };
    const { brand } = closing;
    // A forgotten customer can still unsubscribe: what is kept of the address is enough.
    const isGone = closing.forgottenAt !== null && purpose === 'survey';
    return { closing: isGone ? null : closing, brand };
  };

  const lifeOf = (closing: Closing, first: Answer | null, newest: Answer | null): SurveyLife => {
    const { leftAt, sentAt } = closing;
    const facts = {
      leftAt: leftAt ?? sentAt,
      firstAnsweredAt: first?.answeredAt ?? null,
      revisions: newest?.revision ?? 0,
    };
    return surveyLife(facts, policy, clock());
  };

  const openView = async (
    closing: Closing,
    surveyId: string,
    form: SurveyForm | null,
    answer: FullContent | null,
  ): Promise<SurveyView & { state: 'open' }> => {
    return {
      state: 'open',
      surveyId,
      ...(await salutation(closing.brand)),
      agentFirstName: firstNameOf(closing.agent?.name ?? null, closing.agent?.email ?? null),
      channel: closing.evidence?.attribution?.channel ?? null,
      closedAt: credibleTime(closing.closedAt, closing.evidence?.conversation.closedAt),
      unsubscribeToken: await links.unsubscribe(closing, surveyId),
      form,
      answer: answer === null ? null : contentOf(answer),
    };
  };

  return {
    isOurs: async (purpose, token) => (await links.read(purpose, token)) !== null,

    async view(token) {
      const { closing, brand } = await find('survey', token);
      if (closing?.surveyId === undefined || closing.surveyId === null) return closed(brand);
      const answers = await outermostAnswers(ledger, closing.surveyId);
      const { first = null, newest = null } = answers ?? {};
      if (lifeOf(closing, first, newest) !== 'open') return closed(brand);
      return openView(closing, closing.surveyId, await formOfSurvey(ledger, closing.surveyId), newest);
    },

    async answer(token, typed) {
      const { closing, brand } = await find('survey', token);
      if (closing?.surveyId === undefined || closing.surveyId === null)
        return { ...(await closed(brand)), saved: false, changed: false, problems: [] };
      const { surveyId } = closing;
      const form = await formOfSurvey(ledger, surveyId);
      const { rating, resolved, comment, reason = '', answer: words = '' } = typed;
      const { problems, ...fitting } = fitToForm(form, rating, { reason, answer: words });
      const content = { rating, resolved, comment, ...fitting };
      const given = {
        surveyId,
        closingId: closing.id,
        ...content,
        at: timeNow(clock),
        source: 'page',
        alerts: alertPlan(settings),
      };
      try {
        const { answer, changed } = await recordAnswer(ledger, given, (known) => {
          const life =
            known.closing === null ? 'not_asked' : lifeOf(known.closing, known.first, known.current);
          // Pressing the button twice is no change, however soon an answer becomes final.
          const isRepeat =
            life === 'final' && known.current !== null && isSameContent(known.current, content);
          if (life !== 'open' && !isRepeat) throw new SurveyOver();
          if (problems.length > 0) throw new Misfit(known.current);
        });
        if (changed) onAnswer();
        return { ...(await openView(closing, surveyId, form, answer)), saved: true, changed, problems };
      } catch (error) {
        if (error instanceof Misfit) {
          const view = await openView(closing, surveyId, form, error.current);
          return { ...view, saved: false, changed: false, problems };
        }
        if (!(error instanceof SurveyOver) && !isGone(error)) throw error;
        return { ...(await closed(brand)), saved: false, changed: false, problems: [] };
      }
    },

    visited: (surveyId, kind) => visits.note(surveyId, kind),

    async subscription(token) {
      const { closing, brand } = await find('unsubscribe', token);
      const address = closing?.address ?? null;
      if (address === null) return closed(brand);
      const { companyName, language } = await salutation(brand);
      const state = (await isUnsubscribed(ledger, address)) ? 'unsubscribed' : 'subscribed';
      return { state, companyName, language, brand };
    },

    async unsubscribe(token) {
      const { closing, brand } = await find('unsubscribe', token);
      if (closing?.address === undefined || closing.address === null) return closed(brand);
      const { companyName, language } = await salutation(brand);
      if (closing.lane === 'trial') return { state: 'trial', companyName, language, brand };
      await unsubscribe(ledger, closing.address, timeNow(clock), 'page', countsUnasked(services.settings));
      return { state: 'unsubscribed', companyName, language, brand };
    },

    flush: () => visits.flush(),
  };
}

function isGone(error: unknown): boolean {
  return error instanceof Failure && ['closing_not_found', 'closing_forgotten'].includes(error.code);
}
