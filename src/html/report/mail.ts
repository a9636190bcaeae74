import { longestCompanyName, visibleName } from '../names.ts';
import { paletteOf } from '../palette.ts';
import { singleLine } from '../single-line.ts';
import { htmlTemplates } from '../templates.ts';
import { momentText, rangeText } from './dates.ts';
import { filterLines } from './group-names.ts';
import { groupsView } from './groups.ts';
import { headlineOf } from './headline.ts';
import { lowView, satisfiedText, type ReportPage } from './page.ts';
import mailSource from './templates/mail.eta?raw';

/** Web mail cuts off a mail with more rows. */
const mostRows = 30;
const longestSubject = 199;

const render = htmlTemplates({ '@mail': mailSource });

/** The mail that carries the page as an attachment: mail programs show no drawings, and few styles. */
export function reportMail(page: ReportPage): { subject: string; html: string; name: string } {
  const { groups } = page;
  const { range, overall } = groups;
  const organization = visibleName(page.organization, longestCompanyName);
  const period = rangeText(range);
  const headline = headlineOf(groups);
  const name = `customer-satisfaction-${range.since.slice(0, 10)}-to-${range.until.slice(0, 10)}.html`;
  const view = groupsView(groups, () => '');
  const score = headline.score === '' ? 'no answers' : `${headline.score} of ${headline.answers}`;
  return {
    subject: singleLine(
      `Customer satisfaction ${period}: ${score}${organization === null ? '' : ` (${organization})`}`,
      longestSubject,
    ),
    name,
    html: render('@mail', {
      organization: organization ?? '',
      period,
      zone: range.timezone,
      filters: filterLines(groups.filters),
      headline,
      satisfied: satisfiedText(groups.satisfiedFrom),
      // Mail programs that invert colors start from the light ones.
      accent: paletteOf(page.brand.color).light.link,
      groups: { ...view, rows: view.rows.slice(0, mostRows) },
      moreRows: Math.max(0, view.rows.length - mostRows),
      isEmpty: overall.closed === 0,
      low: lowView(page.low, range.timezone),
      name,
      generated: momentText(page.generatedAt, range.timezone),
    }),
  };
}
