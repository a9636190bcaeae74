import type { ReportDocument } from '../../documents/report.ts';
import type { Policy } from '../../domain/eligibility/policy.ts';
import { readBrand } from '../../html/brand.ts';
import { trendUnitOf } from '../../html/report/dates.ts';
import type { ReportPage } from '../../html/report/page.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { lowRatedAnswers } from './low-ratings.ts';
import { isCompared, reportOf, type ReportQuestion } from './report.ts';

/** As many as a person reads. */
const mostComments = 10;
/** This many are read to find the lowest among them. */
const mostRead = 1000;

/**
 * The contents of a report's page, all from one moment of the ledger. If the report has no rows, or rows that cannot be
 * compared, the page groups by agent instead.
 *
 * @throws the Failures of `readBrand`
 */
export async function reportPageOf(
  ledger: Ledger,
  question: ReportQuestion,
  facts: {
    organization: string | null;
    brand: { color: string | null; logoFile: string | null };
    policy: Pick<Policy, 'lowRating' | 'conversationLink'>;
    generatedAt: string;
  },
): Promise<{ report: ReportDocument; page: ReportPage }> {
  const { organization, policy, generatedAt } = facts;
  const brand = await readBrand({ color: facts.brand.color, logoFile: facts.brand.logoFile });
  return ledger.read(async (db) => {
    const still: Pick<Ledger, 'read'> = { read: (work) => work(db) };
    const report = await reportOf(still, question);
    const isOfGroups = question.by.length > 0 && question.by.every(isCompared);
    const groups = isOfGroups ? report : await reportOf(still, { ...question, by: ['agent'] });
    const unit = trendUnitOf(question.range);
    const trend = await reportOf(still, { ...question, by: [unit], withPrevious: false, withCredit: false });
    const low = await lowRatedAnswers(still, question, policy, mostRead);
    const comments = low
      .toSorted((one, other) => one.rating - other.rating || other.answeredAt.localeCompare(one.answeredAt))
      .slice(0, mostComments)
      .map(({ agent, ...answer }) => ({ ...answer, agent: agent?.name ?? agent?.id ?? null }));
    const total = low.length < mostRead ? low.length : null;
    const page: ReportPage = {
      organization,
      brand,
      generatedAt,
      trend,
      groups,
      low: { atMost: policy.lowRating, total, comments },
    };
    return { report, page };
  });
}
