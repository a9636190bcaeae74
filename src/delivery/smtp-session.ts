import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SmtpError } from './smtp-error.ts';
import type { SmtpLimits } from './smtp-limits.ts';
import { step } from './smtp-step.ts';
import type { SmtpServer } from './smtp-url.ts';
import { watchStandstill } from './standstill.ts';

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
   * @throws SmtpError of stage `envelope` when no byte of the message had left, otherwise `message`
   */
  send(envelope: Envelope, message: Buffer): Promise<string>;
  /**
   * Sends one command that carries no message, and returns the reply.
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
/** Our own limits end a session first. */
const noLimit = 2 ** 31 - 1;

/**
 * Connects, encrypts, and logs in.
 *
 * @param signal once aborted, ends the session: at once while it is being opened, soon while a message is on its way
 * @throws SmtpError of stage `connect` or `login`; the signal's reason when that is aborted
 */
export async function openSession(
  server: SmtpServer,
  { name, limits, signal }: { name: string; limits: SmtpLimits; signal: AbortSignal },
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
    connectionTimeout: limits.open,
    greetingTimeout: limits.greeting,
    socketTimeout: noLimit,
    socketCloseTimeout: 0,
    // Nodemailer sends single commands only on behalf of a custom login.
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
    await step(connection, 'connect', limits.open, (done) => connection.connect(done));
    const { login } = server;
    if (login !== null) {
      if (!connection.allowsAuth) throw new SmtpError('login', 'it offers no login', {});
      const credentials = { user: login.user, pass: login.password };
      await step(connection, 'login', limits.login, (done) => connection.login(credentials, done));
    }
  } catch (error) {
    connection.close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return sessionOf(connection, { limits, question, signal });
}

function sessionOf(
  connection: SMTPConnection,
  {
    limits,
    question,
    signal,
  }: { limits: SmtpLimits; question: { command: string; reply: string }; signal: AbortSignal },
): SmtpSession {
  return {
    get ended() {
      return connection.destroyed;
    },
    async isReady() {
      const time = Math.min(limits.envelope, proofMilliseconds);
      try {
        await step(connection, 'connect', time, (done) => connection.reset(done));
        return true;
      } catch {
        connection.close();
        return false;
      }
    },
    async send({ from, to }, message) {
      const progress = { begun: false, stopped: false, overslept: false };
      const standstill = watchStandstill();
      let timer: NodeJS.Timeout | undefined;
      const end = (): void => {
        progress.stopped = true;
        connection.close();
      };
      const stop = (): void => void (timer = setTimeout(end, limits.stop));
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      try {
        const sent = await step<{ response: string }>(
          connection,
          'envelope',
          limits.envelope,
          (done, limit) => {
            // The connection reads this only once the server has agreed to accept the message.
            const source = new Readable({
              read() {
                // Another process may have taken over the message meanwhile.
                if (standstill.happened()) {
                  progress.overslept = true;
                  connection.close();
                  return;
                }
                progress.begun = true;
                limit(limits.message);
                this.push(message);
                this.push(null);
              },
            });
            connection.send({ from, to, size: message.byteLength }, source, done);
          },
        );
        return sent.response;
      } catch (error) {
        if (!(error instanceof SmtpError)) throw error;
        const text = progress.stopped
          ? 'gcsat was stopped before it answered'
          : progress.overslept
            ? 'gcsat was suspended for too long before the message could leave'
            : error.message;
        throw new SmtpError(progress.begun ? 'message' : 'envelope', text, error);
      } finally {
        standstill.end();
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      }
    },
    async ask(command) {
      question.command = command;
      await step(connection, 'envelope', limits.envelope, (done) =>
        connection.login({ method: asking }, done),
      );
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
