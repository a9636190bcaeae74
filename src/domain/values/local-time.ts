/**
 * A time for people, e.g. `2026-11-22 11:00 GMT+1`, in the given IANA zone, or in UTC if the zone is null or unknown.
 *
 * @param time ISO-8601; any other text is returned unchanged, null as `-`.
 */
export function localTime(time: string | null, timezone: string | null): string {
  if (time === null) return '-';
  const at = Date.parse(time);
  if (Number.isNaN(at)) return time;
  const parts = new Map(
    formatter(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timezone: string | null): Intl.DateTimeFormat {
  const zone = timezone ?? 'UTC';
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = make(zone) ?? make('UTC') ?? new Intl.DateTimeFormat('en');
  formatters.set(zone, made);
  return made;
}

function make(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    });
  } catch {
    return null;
  }
}
