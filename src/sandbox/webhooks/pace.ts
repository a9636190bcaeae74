/** How patient the webhooks are. */
export interface Pace {
  /** Before each further try, in seconds; after the last one the webhook is disabled. */
  delaysSeconds: readonly number[];
  /** How long an answer is waited for. */
  answerSeconds: number;
  /** The delays pass that many times faster. */
  speed: number;
}

/** Gladly's: within 15 s, again after 30 s, 5 min, 30 min and 1 h. */
export const gladlyPace: Pace = { delaysSeconds: [30, 300, 1800, 3600], answerSeconds: 15, speed: 1 };

/** A day. Beyond 24.8 of them Node's timers do not wait at all. */
const mostSeconds = 86_400;
const leastSpeed = 0.1;

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isTime = (value: unknown): value is number => isAmount(value) && value <= mostSeconds;

/** The pace that the values describe; a sentence about what is wrong with them otherwise. */
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
        if (!isAmount(value) || value < leastSpeed) return `${name} must be a number from ${leastSpeed}`;
        break;
      default:
        return `there is no setting named ${name}`;
    }
  }
  return values;
}

/** Milliseconds until the try after that one; undefined when there is none any more. */
export function delayAfter({ delaysSeconds, speed }: Pace, attempt: number): number | undefined {
  const seconds = delaysSeconds[attempt - 1];
  return seconds === undefined ? undefined : (seconds * 1000) / speed;
}
