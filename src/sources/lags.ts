const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** `GET /events` runs up to this far behind. */
export const eventLagMs = 15 * second;

/** `GET /events` refuses a start that is older than this. */
export const eventWindowMs = 24 * hour;

/** How far back events are planned for: the 24 hours are counted by Gladly's clock, which may differ from ours. */
export const eventReachMs = eventWindowMs - minute;

/** Reports run about an hour behind. */
export const reportLagMs = 90 * minute;

/** Export jobs and their files are gone after this. */
export const exportReachMs = 14 * 24 * hour;

/**
 * When a range needs both, the report covers it up to this long ago. The rest of the 24 hours is time to request the
 * events.
 */
export const reportEndMs = 23 * hour;

/**
 * The events start this much before the end of the report: the two give slightly different times for the same closing.
 */
export const seamMs = 15 * minute;
