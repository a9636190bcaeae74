import type { ReportFilters } from '../../src/documents/report.ts';

/** The filters of a report of everything. */
export const noFilters: ReportFilters = {
  agents: [],
  inboxes: [],
  topics: [],
  channels: [],
  brands: [],
  imported: 'with',
};
