/** A request as it came in and how it went out. */
export interface LoggedRequest {
  /** ISO 8601, UTC. */
  at: string;
  method: string;
  /** With the query. */
  path: string;
  /** Null when no answer was sent: reset or hanging. */
  status: number | null;
}

export interface RequestLog {
  add(entry: LoggedRequest): void;
  entries(): LoggedRequest[];
}

const longest = 10_000;

export function requestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  return {
    add: (entry) => {
      entries.push(entry);
      if (entries.length >= 2 * longest) entries = entries.slice(-longest);
    },
    entries: () => entries.slice(-longest),
  };
}
