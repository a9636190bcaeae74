import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** As it came, without the dots that SMTP added. */
  bytes: Buffer;
  mail: ParsedMail;
  /** The number of the connection it came over, from 1. */
  connection: number;
  user: string | null;
  secure: boolean;
}

export interface MailServer {
  port: number;
  /** `smtp://127.0.0.1:…` */
  url: string;
  received: ReceivedMail[];
  /** How many connections were ever made. */
  connections(): number;
  close(): Promise<void>;
}

/** A real mail server on loopback that keeps what it takes; it is closed when the test is over. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (id: string): number => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return numbers.get(id)!;
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        void simpleParser(bytes).then((mail) => {
          received.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            bytes,
            mail,
            connection: numberOf(session.id),
            user: session.user ?? null,
            secure: session.secure,
          });
          callback(null, 'taken');
        });
      });
    },
    ...options,
    onConnect(session, callback) {
      numberOf(session.id);
      if (options.onConnect === undefined) callback();
      else options.onConnect.call(server, session, callback);
    },
  });
  // Some tests are about clients that break off.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  onTestFinished(close);
  const { port } = server.server.address() as AddressInfo;
  return { port, url: `smtp://127.0.0.1:${port}`, received, connections: () => numbers.size, close };
}
