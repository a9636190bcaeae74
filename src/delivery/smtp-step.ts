import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { errorOf, SmtpError } from './smtp-error.ts';

type Done<Result> = (error?: Error | null, result?: Result) => void;

/**
 * One step of a session. When a connection ends, nodemailer does not call back but only emits an event.
 *
 * @param start its second argument gives the step another limit, from that moment on
 */
export function step<Result>(
  connection: SMTPConnection,
  stage: SmtpError['stage'],
  limitMs: number,
  start: (done: Done<Result>, limit: (ms: number) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (report: () => void): void => {
      clearTimeout(timer);
      connection.off('error', fail);
      connection.off('end', end);
      report();
    };
    const fail = (error: Error): void => finish(() => reject(errorOf(stage, error)));
    // If the server gave a reason for ending, nodemailer reports it right after the end.
    const end = (): void =>
      void setImmediate(() =>
        finish(() => reject(new SmtpError(stage, 'the connection ended', { cause: 'ECONNECTION' }))),
      );
    const limit = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const message = `it did not answer within ${ms / 1000} s`;
        finish(() => reject(new SmtpError(stage, message, { cause: 'ETIMEDOUT' })));
        connection.close();
      }, ms);
    };
    limit(limitMs);
    connection.once('error', fail);
    connection.once('end', end);
    start((error, result) => {
      if (error instanceof Error) fail(error);
      else finish(() => resolve(result as Result));
    }, limit);
  });
}
