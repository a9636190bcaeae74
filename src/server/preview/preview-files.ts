import { timeAt } from '../../domain/values/instant.ts';
import type { InLanguages } from '../../domain/eligibility/questionnaire.ts';
import { fitToForm, keptOptions, type GivenAnswers, type SurveyForm } from '../../domain/survey/form.ts';
import { speechOf, wordsOf, type Language } from '../../html/languages.ts';
import type { PageBrand } from '../../html/brand.ts';
import type { SampleMessages, SampleTexts } from '../../workflow/checks/sample-messages.ts';
import { nothingFilledIn } from '../pages/answer-form.ts';
import { assetsOf } from '../pages/assets.ts';
import { pagesWith, type OpenSurvey, type Visit } from '../pages/render.ts';
import { previewIndex, type PreviewEntry, type PreviewMessage } from './preview-index.ts';

/** By path below the folder, with slashes. */
export type PreviewFiles = ReadonlyMap<string, Uint8Array | string>;

export interface PreviewParts {
  brand: PageBrand;
  /** What surveys ask besides the rating; null: nothing more. */
  form: SurveyForm | null;
  companyName: string;
  messages: readonly SampleMessages[];
  /** Epoch milliseconds. */
  nowMs: number;
  /** The profile, for the heading. */
  profile: string;
  /** Whose messages and pages these are; null: those of closings that no brand claims. */
  name?: string | null;
  /** Other brands, each in its own folder. */
  others?: readonly PreviewParts[];
}

/** Where another brand's files are, below the folder. */
export function folderOf(brand: string): string {
  return `brands/${brand}`;
}

const chosenStars = 4;
const sampleAnswer = 'A sample answer: longer hours.';
const sampleComment = 'A sample comment: the answer was quick and friendly.';

/**
 * Everything that customers see, made by the same code as the real messages and pages, in folders named like the
 * server's paths, so that the pages find each other and their files.
 */
export function previewFiles(parts: PreviewParts): PreviewFiles {
  const { brand, form, companyName, messages, nowMs, profile, name = null, others = [] } = parts;
  const files = new Map<string, Uint8Array | string>();
  const assets = assetsOf(brand);
  for (const asset of [assets.stylesheet, assets.icon, assets.logo]) {
    if (asset !== null) files.set(`assets/${asset.name}`, asset.bytes);
  }
  const logo = assets.logo === null ? null : `../assets/${assets.logo.name}`;
  const entries = messages.map((message): PreviewEntry => {
    const { language } = message;
    const pages = pagesOf(language, { brand, form, companyName, nowMs });
    for (const { path, content } of pages) files.set(path, content);
    const put = (name: string, texts: SampleTexts): PreviewMessage => {
      const mail = `mail/${name}`;
      files.set(`${mail}.html`, withLocalLinks({ ...message, html: texts.html }, logo));
      files.set(`${mail}.txt`, texts.text);
      files.set(`${mail}.eml`, texts.eml);
      files.set(`sms/${name}.txt`, `${texts.sms.text}\n`);
      return {
        subject: texts.subject,
        mail: [`${mail}.html`, `${mail}.txt`, `${mail}.eml`],
        sms: { file: `sms/${name}.txt`, ...texts.sms },
      };
    };
    return {
      language,
      messages: [
        { title: '', ...put(language, message) },
        { title: 'Reminder', ...put(`${language}-reminder`, message.reminder) },
      ],
      pages: pages.map(({ path, title }) => ({ path, title })),
    };
  });
  const beside = others.map((other) => ({ other, folder: folderOf(other.name ?? '') }));
  const links = beside.map(({ other, folder }) => ({
    path: `${folder.split('/').map(encodeURIComponent).join('/')}/index.html`,
    name: other.name ?? '',
  }));
  return new Map([
    ['index.html', previewIndex({ profile, companyName, name, brands: links, entries })],
    ...files,
    ...beside.flatMap(({ other, folder }) =>
      [...previewFiles(other)].map(([path, content]) => [`${folder}/${path}`, content] as const),
    ),
  ]);
}

interface PreviewPage {
  path: string;
  title: string;
  content: string;
}

function pagesOf(
  language: Language,
  { brand, form, companyName, nowMs }: Pick<PreviewParts, 'brand' | 'form' | 'companyName' | 'nowMs'>,
): PreviewPage[] {
  const pages = pagesWith(assetsOf(brand), brand.texts);
  const name = (page: string): string => `${language}-${page}.html`;
  // A token is the last part of a page's own path: here it names the page that the button leads to.
  const visit = (next: string): Visit => ({
    speech: speechOf(language) ?? { language, locale: language },
    companyName,
    token: name(next),
  });
  const survey: OpenSurvey = {
    state: 'open',
    surveyId: 'sample',
    agentFirstName: 'Anna',
    channel: 'email',
    closedAt: timeAt(nowMs),
    timeZone: null,
    unsubscribeToken: name('unsubscribe'),
    form,
    answer: null,
    companyName,
    language,
    brand: null,
  };
  const empty = nothingFilledIn;
  const { reason, question } = fitToForm(form, chosenStars, sampleAnswers(form));
  const answer = { rating: chosenStars, resolved: true, comment: sampleComment, reason, question };
  const filledIn = { ...answer, reason: reason ?? '', answer: String(question?.answer ?? '') };
  const starred = [1, 2, 3, 4, 5].map((rating): PreviewPage => ({
    path: `s/${name(`survey-${rating}`)}`,
    title: `Survey, opened with the link for ${wordsOf('en').stars(rating)}`,
    content: pages.survey(visit('thanks'), survey, { ...empty, rating }, []),
  }));
  const changed = { ...survey, answer };
  return [
    {
      path: `s/${name('survey')}`,
      title: 'Survey',
      content: pages.survey(visit('thanks'), survey, empty, []),
    },
    ...starred,
    {
      path: `s/${name('survey-without-rating')}`,
      title: 'Survey, submitted without a rating',
      content: pages.survey(visit('thanks'), survey, empty, ['rating_missing']),
    },
    {
      path: `s/${name('thanks')}`,
      title: 'Thank-you page',
      content: pages.thanks(visit('survey-again'), answer, form),
    },
    {
      path: `s/${name('survey-again')}`,
      title: 'Survey, when changing an answer',
      content: pages.survey(visit('thanks'), changed, filledIn, []),
    },
    {
      path: `s/${name('closed')}`,
      title: 'Link that is closed, expired, or unknown',
      content: pages.notice(visit(''), 'closed'),
    },
    {
      path: `u/${name('unsubscribe')}`,
      title: 'Unsubscribe page',
      content: pages.unsubscribe(visit('unsubscribed')),
    },
    {
      path: `u/${name('unsubscribed')}`,
      title: 'Unsubscribed',
      content: pages.unsubscribed(visit('unsubscribed')),
    },
  ];
}

/** The last option of each choice. */
function sampleAnswers(form: SurveyForm | null): GivenAnswers {
  if (form === null) return { reason: '', answer: '' };
  const { reasons, question } = form;
  const last = (options: InLanguages<readonly string[]>): string => keptOptions(form, options).at(-1) ?? '';
  const answers = { scale: '9', text: sampleAnswer };
  return {
    reason: reasons === null ? '' : last(reasons),
    answer:
      question === null ? '' : question.kind === 'choice' ? last(question.options) : answers[question.kind],
  };
}

/**
 * For viewing, the mail links to the pages beside it and shows the logo without the network. The .eml is exactly what
 * is sent.
 */
function withLocalLinks({ html, language, links }: SampleMessages, logo: string | null): string {
  const places: [url: string, path: string][] = [
    ...links.ratings.map((url, index): [string, string] => [
      url,
      `../s/${language}-survey-${index + 1}.html`,
    ]),
    [links.survey, `../s/${language}-survey.html`],
    [links.unsubscribe, `../u/${language}-unsubscribe.html`],
    ...(logo === null ? [] : ([[links.logo, logo]] as [string, string][])),
  ];
  return places.reduce((text, [url, path]) => text.replaceAll(`"${url}"`, `"${path}"`), html);
}
