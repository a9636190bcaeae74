/** How patient the webhooks are. */
export interface Pace {
  /** The wait before each retry, in seconds. After the last one, the webhook is disabled. */
  delaysSeconds: readonly number[];
  /** How long to wait for an answer. */
  answerSeconds: number;
  /** How many times faster the delays pass. */
  speed: number;
}

/** Gladly's pace: 15 s for an answer, retries after 30 s, 5 min, 30 min and 1 h. */
export const gladlyPace: Pace = { delaysSeconds: [30, 300, 1800, 3600], answerSeconds: 15, speed: 1 };

/** One day. Node's timers fire at once when asked to wait more than 24.8 days. */
const mostSeconds = 86_400;
const leastSpeed = 0.1;

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isTime = (value: unknown): value is number => isAmount(value) && value <= mostSeconds;

/** The pace, or a sentence about what is wrong with the values. */
export function readPace(values: Readonly<Record<string, unknown>>): Partial<Pace> | string {
  for (const [name, value] of Object.entries(values)) {
    switch (name) {
      case 'delaysSeconds':
        if (!Array.isArray(value) || value.length > 10 || !value.every(isTime))
          return `delaysSeconds must be a list of at most 10 numbers, from 0 to ${mostSeconds}`;
        break;
      case 'answerSeconds':
        if (!isTime(value) || value === 0) return `${name} must be a number above 0, at most ${mostSeconds}`;
        break;
      case 'speed':
        if (!isAmount(value) || value < leastSpeed)
          return `${name} must be a number of at least ${leastSpeed}`;
        break;
      default:
        return `there is no setting named ${name}`;
    }
  }
  return values;
}

/** Milliseconds until the next try; undefined after the last one. */
export function delayAfter({ delaysSeconds, speed }: Pace, attempt: number): number | undefined {
  const seconds = delaysSeconds[attempt - 1];
  return seconds === undefined ? undefined : (seconds * 1000) / speed;
}
