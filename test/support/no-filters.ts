import type { ReportFilters } from '../../src/documents/report.ts';

/** Of a report of everything. */
export const noFilters: ReportFilters = {
  agents: [],
  inboxes: [],
  topics: [],
  channels: [],
  brands: [],
  imported: 'with',
};
