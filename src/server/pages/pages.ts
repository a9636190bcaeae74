import { Hono, type Context, type Next } from 'hono';
import type { Salutation } from '../../workflow/serving/salutations.ts';
import type { SurveyDesk } from '../../workflow/serving/survey-desk.ts';
import { chooseLanguage } from './accept-language.ts';
import { fitToForm, noFormAnswers } from '../../domain/survey/form.ts';
import { bareToken } from '../../domain/survey/token.ts';
import {
  longestComment,
  nothingFilledIn,
  readAnswerForm,
  readLinkedRating,
  type FilledIn,
} from './answer-form.ts';
import { assetRoutes } from './assets.ts';
import type { BrandPages } from './brand-pages.ts';
import type { NoticeName, OpenSurvey, Problem, Visit } from './render.ts';
import { visitorWatch } from './visitors.ts';

interface PageParts {
  desk: SurveyDesk;
  brandPages: BrandPages;
  /** The profile's language, for visitors whose own language is not available. */
  language: string;
  /** Epoch milliseconds. */
  clock(): number;
  /** To be called when an answer was saved: the first one, or a different one. */
  countAnswer(): void;
}

/** A page without a survey, for the server's own answers. */
type NoticePages = (name: NoticeName, acceptLanguage: string | null) => string;

export function noticePages({
  brandPages,
  language,
}: Pick<PageParts, 'brandPages' | 'language'>): NoticePages {
  return (name, acceptLanguage) =>
    brandPages.ofNobody.notice({ speech: chooseLanguage(acceptLanguage, language), companyName: '' }, name);
}

/** The page of a link that leads nowhere. */
export function closedPage({
  desk,
  brandPages,
}: Pick<PageParts, 'desk' | 'brandPages'>): (context: Context) => Promise<Response> {
  return async (context) => closed(context, brandPages, await desk.view(''));
}

/**
 * What customers see: the survey at `/s/:token`, unsubscribing at `/u/:token`, and the files that these pages load. A
 * GET changes nothing, no matter who sends it. Every token that leads nowhere gets the same page. No cookies, no
 * scripts; the server adds the headers that every response needs.
 */
export function pageRoutes(parts: PageParts): Hono {
  const { desk, brandPages } = parts;
  const watch = visitorWatch();

  const surveyPage = async (context: Context<object, '/s/:token'>): Promise<Response> => {
    const token = context.req.param('token');
    const view = await desk.view(token);
    if (view.state === 'closed') return closed(context, brandPages, view);
    const rating = readLinkedRating(context.req.query('rating') ?? queryWithin(token).get('rating') ?? '');
    const { method, headers } = context.req.raw;
    desk.visited(view.surveyId, watch({ method, headers, rating, token, at: parts.clock() }));
    const before = view.answer === null ? nothingFilledIn : filledInBefore(view.answer);
    const filledIn = { ...before, rating: rating ?? before.rating };
    return show(
      context,
      200,
      brandPages.of(view.brand).survey(visitOf(context, view), view, filledIn, []),
      view.language,
    );
  };

  const saveAnswer = async (context: Context<object, '/s/:token'>): Promise<Response> => {
    const token = context.req.param('token');
    const refuse = async (status: 400 | 403 | 415, name: NoticeName): Promise<Response> => {
      const view = await desk.view(token);
      return show(
        context,
        status,
        brandPages.of(view.brand).notice(visitOf(context, view), name),
        view.language,
      );
    };
    // Nothing may depend on Origin: mail clients and pages without a referrer send `null`.
    if (context.req.header('Sec-Fetch-Site') === 'cross-site') return refuse(403, 'refused');
    const filledIn = await readAnswerForm(context.req.raw);
    if (filledIn === 'wrong_type') return refuse(415, 'notUnderstood');
    if (filledIn === 'not_understood') return refuse(400, 'notUnderstood');

    const { rating, ...rest } = filledIn;
    const isTooLong = (filledIn.comment ?? '').length > longestComment;
    if (rating === null || isTooLong) {
      const view = await desk.view(token);
      if (view.state === 'closed') return closed(context, brandPages, view);
      desk.visited(view.surveyId, 'begun');
      const problems: Problem[] = [
        ...(rating === null ? (['rating_missing'] as const) : []),
        ...fitToForm(view.form, rating, filledIn).problems,
        ...(isTooLong ? (['comment_too_long'] as const) : []),
      ];
      const page = brandPages.of(view.brand).survey(visitOf(context, view), view, filledIn, problems);
      return show(context, 422, page, view.language);
    }
    const answer = { rating, ...rest };
    const view = await desk.answer(token, answer);
    if (view.state === 'closed') return closed(context, brandPages, view);
    const pages = brandPages.of(view.brand);
    const visit = visitOf(context, view);
    if (view.problems.length > 0) {
      return show(context, 422, pages.survey(visit, view, filledIn, view.problems), view.language);
    }
    if (view.changed) parts.countAnswer();
    const saved = view.answer ?? { ...noFormAnswers, ...answer };
    return show(context, 200, pages.thanks(visit, saved, view.form), view.language);
  };

  const unsubscribePage = async (context: Context<object, '/u/:token'>): Promise<Response> => {
    const found = await desk.subscription(context.req.param('token'));
    if (found.state === 'closed') return closed(context, brandPages, found);
    const visit = visitOf(context, found);
    const pages = brandPages.of(found.brand);
    const page = found.state === 'subscribed' ? pages.unsubscribe(visit) : pages.unsubscribed(visit);
    return show(context, 200, page, found.language);
  };

  // RFC 8058: accepts requests from any site and with any body; mail programs press this button for their users.
  const unsubscribe = async (context: Context<object, '/u/:token'>): Promise<Response> => {
    const found = await desk.unsubscribe(context.req.param('token'));
    if (found.state === 'closed') return closed(context, brandPages, found);
    const visit = visitOf(context, found);
    const pages = brandPages.of(found.brand);
    const page = found.state === 'trial' ? pages.notice(visit, 'trial') : pages.unsubscribed(visit);
    return show(context, 200, page, found.language);
  };

  const wrongMethod = (context: Context): Response => {
    context.header('Allow', 'GET, HEAD, POST');
    return context.text('Use GET, HEAD or POST.\n', 405);
  };

  // Relative, like all of our URLs. 308 keeps a mail provider's POST a POST.
  const withoutSlash = (context: Context<object, '/s/:token/'>): Response => {
    const token = context.req.param('token');
    const { pathname, search } = new URL(context.req.url);
    const rating = readLinkedRating(queryWithin(token).get('rating') ?? '');
    const query = search === '' && rating !== null ? `?rating=${rating}` : search;
    const up = '../'.repeat(pathname.split('/').length - pathOfToken);
    return context.redirect(`${up}${encodeURIComponent(bareToken(token))}${query}`, 308);
  };

  // For text with a slash that a program took for part of the link: `T</a>`, `T https://…`.
  const withoutRest = async (
    context: Context<object, '/s/:token/:rest{.+}'>,
    next: Next,
  ): Promise<Response | undefined> => {
    const token = context.req.param('token');
    if (/[^\w-]/.test(token) && bareToken(token) !== token) return withoutSlash(context);
    await next();
    return undefined;
  };

  const routes = new Hono();
  routes.all('/s/:token/', withoutSlash).all('/u/:token/', withoutSlash);
  routes.all('/s/:token/:rest{.+}', withoutRest).all('/u/:token/:rest{.+}', withoutRest);
  routes.get('/s/:token', surveyPage).post(saveAnswer).all(wrongMethod);
  routes.get('/u/:token', unsubscribePage).post(unsubscribe).all(wrongMethod);
  routes.route('/', assetRoutes(brandPages.assets));
  return routes;
}

/** The number of parts of `/s/T`: the empty one before the first slash, `s`, and the token. */
const pathOfToken = 3;

/** A program may have encoded the question mark, which makes the query part of the token. */
function queryWithin(token: string): URLSearchParams {
  const at = token.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : token.slice(at));
}

function filledInBefore(answer: NonNullable<OpenSurvey['answer']>): FilledIn {
  const { rating, resolved, comment, reason, question } = answer;
  return { rating, resolved, comment, reason: reason ?? '', answer: String(question?.answer ?? '') };
}

function visitOf(context: Context, { companyName, language }: Salutation): Visit {
  return { speech: speechFor(context, language), companyName, token: context.req.param('token') ?? '' };
}

function speechFor(context: Context, ofProfile: string): Visit['speech'] {
  return chooseLanguage(context.req.header('Accept-Language') ?? null, ofProfile);
}

/** Unknown, forged and, within a brand, closed links get the same answer, so that guessing reveals nothing. */
function closed(context: Context, brandPages: BrandPages, view: Salutation): Response {
  return show(
    context,
    404,
    brandPages.of(view.brand).notice(visitOf(context, view), 'closed'),
    view.language,
  );
}

type Status = 200 | 400 | 403 | 404 | 415 | 422;

function show(context: Context, status: Status, html: string, ofProfile: string): Response {
  return context.body(html, status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Language': speechFor(context, ofProfile).language,
    Vary: 'Accept-Language',
  });
}
