/** What went wrong with a mail server, and at which stage. */
export class SmtpError extends Error {
  readonly stage: 'connect' | 'login' | 'envelope' | 'message';
  /** The server's last reply, e.g. `550 5.1.1 No such user`; null: none. */
  readonly reply: string | null;
  /** The command that it replied to, if known, e.g. `MAIL FROM`. */
  readonly command: string | null;
  /** Node's or OpenSSL's error code, e.g. `ECONNREFUSED`. */
  override readonly cause: unknown;

  constructor(
    stage: SmtpError['stage'],
    message: string,
    details: { reply?: string | null; command?: string | null; cause?: unknown },
  ) {
    super(message);
    this.name = 'SmtpError';
    this.stage = stage;
    this.reply = details.reply ?? null;
    this.command = details.command ?? null;
    this.cause = details.cause;
  }
}

/** What nodemailer's errors have besides a message. */
interface ErrorDetails {
  code?: unknown;
  originalCode?: unknown;
  response?: unknown;
  command?: unknown;
}

/** Turns an error of nodemailer into ours. */
export function errorOf(stage: SmtpError['stage'], error: Error & ErrorDetails): SmtpError {
  const reply = typeof error.response === 'string' && error.response !== '' ? error.response : null;
  // Nodemailer repeats the reply in its message.
  const message = reply === null ? error.message : error.message.replace(`: ${reply}`, '');
  // Once logged in, half a reply from a broken connection is not the server's answer.
  const isAnswer = stage === 'connect' || ['EAUTH', 'EENVELOPE', 'EMESSAGE'].includes(String(error.code));
  return new SmtpError(stage, message, {
    reply: isAnswer ? reply : null,
    command: typeof error.command === 'string' ? error.command : null,
    cause: error.originalCode ?? error.code,
  });
}
