/** Slots for the reports that Gladly makes at the same time (two for an organization), shared with other processes. */
export interface ReportSlots {
  /** Resolves when there is room for one more report. The caller calls the result, once, when the report is over. */
  take(signal?: AbortSignal): Promise<() => Promise<void>>;
}
