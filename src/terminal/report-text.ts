import type { ReportDocument } from '../documents/report.ts';
import { reportView } from './report-view.ts';

/** The width of a usual terminal; narrower ones get another layout. */
const columns = 80;
const plain = (text: string): string => text;

/** The report as on a terminal, for the text of a mail. */
export function reportText(report: ReportDocument): string {
  const paint = { bold: plain, dim: plain, green: plain, red: plain, yellow: plain, cyan: plain };
  return `${reportView(report, { columns, paint })}\n`;
}
