import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { errorOf, SmtpError } from './smtp-error.ts';
import type { SmtpServer } from './smtp-url.ts';

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
  /**
   * Says one command that carries no message, and returns the reply.
   *
   * @throws SmtpError of stage `envelope` when the connection ends
   */
  ask(command: string): Promise<string>;
  /** Says goodbye, without waiting long for a reply. */
  quit(): Promise<void>;
  /** Cuts the connection. */
  destroy(): void;
}

const asking = 'GCSAT-ASKS';
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
  { name, timeoutMs, signal }: { name: string; timeoutMs: number; signal: AbortSignal },
): Promise<SmtpSession> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  signal.throwIfAborted();
  const question = { command: '', reply: '' };
  const connection = new Connection({
    host: server.host,
    port: server.port,
    name,
    secure: server.encryption === 'implicit',
    requireTLS: server.encryption === 'starttls',
    ignoreTLS: server.encryption === 'none',
    tls: { minVersion: 'TLSv1.2' },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketCloseTimeout: 0,
    // Nodemailer says single commands only on behalf of a login of one's own.
    customAuth: {
      [asking]: async (login) => {
        question.reply = (await login.sendCommand(question.command)).response;
      },
    },
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
  return sessionOf(connection, timeoutMs, question);
}

function sessionOf(
  connection: SMTPConnection,
  timeoutMs: number,
  question: { command: string; reply: string },
): SmtpSession {
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
    async ask(command) {
      question.command = command;
      await step(connection, 'envelope', timeoutMs, (done) => connection.login({ method: asking }, done));
      return question.reply;
    },
    async quit() {
      if (connection.destroyed) return;
      await step(connection, 'connect', farewellMilliseconds, () => connection.quit()).catch(() => undefined);
      connection.close();
    },
    destroy: () => connection.close(),
  };
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
