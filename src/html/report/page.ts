import { createHash } from 'node:crypto';
import type { ReportDocument } from '../../documents/report.ts';
import type { PageBrand } from '../brand.ts';
import { longestCompanyName, visibleName } from '../names.ts';
import { paletteOf } from '../palette.ts';
import { singleLine } from '../single-line.ts';
import { htmlTemplates, renderUnescaped } from '../templates.ts';
import { bar } from './bar.ts';
import { dayText, momentText, rangeText, unitText, unitsOf, type TrendUnit } from './dates.ts';
import { followUpView, lowReasonsView, questionView } from './form-views.ts';
import { filterLines, shown } from './group-names.ts';
import { groupsView } from './groups.ts';
import { headlineOf } from './headline.ts';
import { interval, percent } from '../../domain/scores/percent.ts';
import { count, percentOf } from './numbers.ts';
import type { Plot } from './plot.ts';
import { reasonWords } from '../../domain/eligibility/reason-words.ts';
import pageSource from './templates/page.eta?raw';
import plotSource from './templates/plot.eta?raw';
import styleSource from './templates/style.css.eta?raw';
import { trendPlot, trendPoints } from './trend.ts';

/** Everything that the page says. */
export interface ReportPage {
  /** Null: unknown. */
  organization: string | null;
  /** `color` and `logo` of the profile. */
  brand: Pick<PageBrand, 'color' | 'logo'>;
  /** When the figures were read: ISO 8601. */
  generatedAt: string;
  /** By day, week or month. */
  trend: ReportDocument;
  /** By groups that can be compared, e.g. by agent, from the same closings. */
  groups: ReportDocument;
  low: LowRatings;
}

/** Comments with low ratings, the lowest first. */
export interface LowRatings {
  /** The highest rating that counts as low. */
  atMost: number;
  /** How many there are, of which `comments` may be only the first; null: too many to count. */
  total: number | null;
  comments: readonly LowComment[];
}

export interface LowComment {
  rating: number;
  comment: string;
  answeredAt: string;
  agent: string | null;
  resolved: boolean | null;
  /** Why the rating is low: the reason that the customer chose. */
  reason: string | null;
  conversationId: string;
  /** Where the conversation is in Gladly; null: unknown. */
  conversationUrl: string | null;
}

/** A longer comment would push the figures off the first pages. */
const longestComment = 600;
const ratings = ['5', '4', '3', '2', '1'] as const;

const render = htmlTemplates({ '@page': pageSource, '@plot': plotSource });

const drawn = (plot: Plot): string => render('@plot', plot);

/** One page that needs no other file, no script, and no network. */
export function reportPage(page: ReportPage): string {
  const { trend, groups } = page;
  const { overall, range } = groups;
  const style = renderUnescaped(styleSource, paletteOf(page.brand.color));
  const organization = visibleName(page.organization, longestCompanyName);
  const period = rangeText(range);
  return render('@page', {
    // We wrote the style ourselves, so its hash admits this style and no other.
    policy: `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:; base-uri 'none'; form-action 'none'`,
    style,
    title: `Customer satisfaction${organization === null ? '' : `, ${organization}`}, ${period}`,
    organization: organization ?? '',
    logo: logoAddress(page.brand.logo),
    period,
    zone: range.timezone,
    filters: filterLines(groups.filters),
    headline: headlineOf(groups),
    trend: trendView(trend),
    distribution: ratings.map((rating) => ({
      label: `${rating} ${rating === '1' ? 'star' : 'stars'}`,
      isSatisfied: Number(rating) >= groups.satisfiedFrom,
      ...bar(overall.distribution[rating], overall.csat.of),
    })),
    funnel: funnelSteps(groups),
    closedSum: closedSum(groups),
    groups: groupsView(groups, drawn),
    reasons: reasonRows(groups),
    followUp: followUpView(groups.followUp),
    lowReasons: lowReasonsView(groups.lowReasons),
    questions: groups.questions.map(questionView),
    low: lowView(page.low, range.timezone),
    closed: overall.closed,
    answers: overall.csat.of,
    satisfied: satisfiedText(groups.satisfiedFrom),
    generated: momentText(page.generatedAt, range.timezone),
  });
}

function logoAddress(logo: PageBrand['logo']): string {
  return logo === null ? '' : `data:${logo.type};base64,${Buffer.from(logo.bytes).toString('base64')}`;
}

/** `4 or 5 stars`. */
export function satisfiedText(from: number): string {
  const stars = [1, 2, 3, 4, 5].filter((rating) => rating >= from);
  const last = stars.pop() ?? 5;
  return `${stars.length === 0 ? '' : `${stars.join(', ')} or `}${last} stars`;
}

function trendView(trend: ReportDocument): object {
  const unit = (trend.by[0] ?? 'day') as TrendUnit;
  const points = trendPoints(trend.rows, unitsOf(trend.range, unit), unit);
  return {
    unit,
    isEmpty: trend.overall.csat.of === 0,
    plot: drawn(trendPlot(points, unit, trend.overall.csat.value)),
    rows: points.map(({ key, row }) => ({
      name: unitText(key, unit, 'long'),
      closed: count(row?.closed ?? 0),
      answers: count(row?.csat.of ?? 0),
      score: percent(row?.csat.value ?? null),
      interval: row === null ? '' : interval(row.csat),
    })),
  };
}

function funnelSteps({ overall }: ReportDocument): object[] {
  const { closed, asked, opened, answered } = overall;
  return [
    { label: 'Closed', note: '', ...bar(closed, closed) },
    { label: 'Asked', note: partOf(asked, closed, 'closed'), ...bar(asked, closed) },
    { label: 'Opened', note: partOf(opened, asked, 'asked'), ...bar(opened, closed) },
    { label: 'Answered', note: partOf(answered, asked, 'asked'), ...bar(answered, closed) },
  ];
}

function partOf(part: number, of: number, what: string): string {
  return of === 0 ? '' : `${percentOf(part, of)} of ${what}`;
}

/** What became of the closings: the parts add up. */
function closedSum({ overall }: ReportDocument): string {
  const { closed, asked, suppressed, waiting, unasked } = overall;
  const parts = [
    `${count(asked)} asked`,
    `${count(suppressed)} suppressed`,
    ...(waiting > 0 ? [`${count(waiting)} waiting`] : []),
    ...(unasked > 0 ? [`${count(unasked)} answered without being asked`] : []),
  ];
  return `${count(closed)} closed = ${parts.join(' + ')}`;
}

function reasonRows({ reasons, overall }: ReportDocument): object[] {
  const found = Object.entries(reasons).filter(([, times]) => times > 0);
  const longest = Math.max(0, ...found.map(([, times]) => times));
  return found
    .toSorted(([one, often], [other, more]) => more - often || one.localeCompare(other))
    .map(([code, times]) => ({
      label: reasonWords[code as keyof typeof reasonWords],
      code,
      ...bar(times, overall.suppressed, longest),
    }));
}

/** The comments, ready to print. */
export function lowView({ atMost, total, comments }: LowRatings, timezone: string): object {
  return {
    atMost,
    more:
      total === null
        ? `The first ${count(comments.length)}`
        : total > comments.length
          ? `${count(comments.length)} of ${count(total)}`
          : '',
    comments: comments.map((one) => ({
      rating: one.rating,
      stars: '★'.repeat(one.rating) + '☆'.repeat(5 - one.rating),
      label: `${one.rating} of 5 stars`,
      comment: singleLine(one.comment, longestComment),
      when: dayText(one.answeredAt, timezone),
      agent: shown(one.agent) ?? '',
      reason: shown(one.reason) ?? '',
      resolved: one.resolved === null ? '' : one.resolved ? 'Resolved' : 'Not resolved',
      conversationId: one.conversationId,
      url: pageAddress(one.conversationUrl),
    })),
  };
}

/** Empty for anything that is not a web page. */
function pageAddress(url: string | null): string {
  return url !== null && /^https?:\/\//i.test(url) ? url : '';
}
