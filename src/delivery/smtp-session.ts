import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpServer } from './smtp-url.ts';

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

interface Envelope {
  from: string;
  to: string;
}

/** A session with a mail server, encrypted and logged in as its URL says. */
export interface SmtpSession {
  readonly ended: boolean;
  /** The server responds and has no unfinished message. */
  isReady(): Promise<boolean>;
  /**
   * Sends one message and returns the server's last reply.
   *
   * @throws SmtpError of stage `envelope` when not a byte of the message had left, else `message`
   */
  send(envelope: Envelope, message: Buffer): Promise<string>;
  /** Says goodbye, without waiting long for a reply. */
  quit(): Promise<void>;
  /** Cuts the connection. */
  destroy(): void;
}

const farewellMilliseconds = 500;
/** A live session responds at once; otherwise a new one is opened. */
const proofMilliseconds = 5000;

/**
 * Connects, encrypts and logs in. Each step, connecting with encryption being one, ends within the timeout.
 *
 * @throws SmtpError of stage `connect` or `login`; the signal's reason when that is aborted
 */
export async function openSession(
  server: SmtpServer,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<SmtpSession> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  signal.throwIfAborted();
  const connection = new Connection({
    host: server.host,
    port: server.port,
    secure: server.encryption === 'implicit',
    requireTLS: server.encryption === 'starttls',
    ignoreTLS: server.encryption === 'none',
    tls: { minVersion: 'TLSv1.2' },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketCloseTimeout: 0,
  });
  // Without a listener, an error on an idle connection would end the process.
  connection.on('error', () => undefined);
  const stop = (): void => connection.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await step(connection, 'connect', timeoutMs, (done) => connection.connect(done));
    const { login } = server;
    if (login !== null) {
      if (!connection.allowsAuth) throw new SmtpError('login', 'it offers no login', {});
      const credentials = { user: login.user, pass: login.password };
      await step(connection, 'login', timeoutMs, (done) => connection.login(credentials, done));
    }
  } catch (error) {
    connection.close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return sessionOf(connection, timeoutMs);
}

function sessionOf(connection: SMTPConnection, timeoutMs: number): SmtpSession {
  return {
    get ended() {
      return connection.destroyed;
    },
    async isReady() {
      const time = Math.min(timeoutMs, proofMilliseconds);
      try {
        await step(connection, 'connect', time, (done) => connection.reset(done));
        return true;
      } catch {
        connection.close();
        return false;
      }
    },
    async send({ from, to }, message) {
      const progress = { begun: false };
      // The connection reads this only once the server has agreed to accept the message.
      const source = new Readable({
        read() {
          progress.begun = true;
          this.push(message);
          this.push(null);
        },
      });
      try {
        const size = message.byteLength;
        const sent = await step<{ response: string }>(connection, 'envelope', timeoutMs, (done) =>
          connection.send({ from, to, size }, source, done),
        );
        return sent.response;
      } catch (error) {
        if (!(error instanceof SmtpError) || !progress.begun) throw error;
        throw new SmtpError('message', error.message, error);
      }
    },
    async quit() {
      if (connection.destroyed) return;
      await step(connection, 'connect', farewellMilliseconds, () => connection.quit()).catch(() => undefined);
      connection.close();
    },
    destroy: () => connection.close(),
  };
}

/** What nodemailer's errors have besides a message. */
interface ErrorDetails {
  code?: unknown;
  originalCode?: unknown;
  response?: unknown;
  command?: unknown;
}

/** One step of a session. When a connection ends, nodemailer calls nothing back and only emits an event. */
function step<Result>(
  connection: SMTPConnection,
  stage: SmtpError['stage'],
  timeoutMs: number,
  start: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settle = (settling: () => void): void => {
      clearTimeout(timer);
      connection.off('error', fail);
      connection.off('end', end);
      settling();
    };
    const fail = (error: Error): void => settle(() => reject(errorOf(stage, error)));
    // If the server gave a reason for ending, nodemailer reports it right after the end.
    const end = (): void =>
      void setImmediate(() =>
        settle(() => reject(new SmtpError(stage, 'the connection ended', { cause: 'ECONNECTION' }))),
      );
    const timer = setTimeout(() => {
      settle(() =>
        reject(
          new SmtpError(stage, `it did not answer within ${timeoutMs / 1000} s`, { cause: 'ETIMEDOUT' }),
        ),
      );
      connection.close();
    }, timeoutMs);
    connection.once('error', fail);
    connection.once('end', end);
    start((error, result) => {
      if (error instanceof Error) fail(error);
      else settle(() => resolve(result as Result));
    });
  });
}

function errorOf(stage: SmtpError['stage'], error: Error & ErrorDetails): SmtpError {
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
