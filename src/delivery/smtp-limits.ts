/** How long the mail server may take, in milliseconds. */
export interface SmtpLimits {
  /** To be reached and to greet. */
  greeting: number;
  /** To be reached, to greet, and to agree on names and encryption. */
  open: number;
  login: number;
  /** To accept the sender, the recipient, and that the message follows. */
  envelope: number;
  /** From the first byte of the message to the reply to its end. */
  message: number;
  /** For a message on its way when the program stops. A quick server needs less. */
  stop: number;
}

const minute = 60_000;
/** Less than `signals.ts` allows a stopped command, so that the outcome of the message is still recorded. */
const stop = 3000;

/**
 * The minimum of RFC 5321, 4.5.3.2. A server with a content filter may take minutes to reply to the end of a message
 * that it accepts, and a client that leaves earlier does not know what became of it.
 */
const protocol: SmtpLimits = {
  greeting: 5 * minute,
  open: 2 * 5 * minute,
  login: 5 * minute,
  envelope: (5 + 5 + 2) * minute,
  message: (3 + 10) * minute,
  stop,
};

/** A person waits for a check, and no message is in doubt. */
const checkMilliseconds = minute;

/** @param timeoutMs the operator's own limit for each step; null: those of the protocol */
export function smtpLimits(timeoutMs: number | null): SmtpLimits {
  return timeoutMs === null ? protocol : sameLimits(timeoutMs);
}

export function checkLimits(timeoutMs: number | null): SmtpLimits {
  return sameLimits(timeoutMs ?? checkMilliseconds);
}

function sameLimits(ms: number): SmtpLimits {
  return { greeting: ms, open: ms, login: ms, envelope: ms, message: ms, stop };
}
