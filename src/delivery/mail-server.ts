import { asciiDomain } from '../domain/eligibility/addresses.ts';
import { greetingName } from './greeting-name.ts';
import { badSender, senderOf, type Sender } from './sender.ts';
import { smtpLimits } from './smtp-limits.ts';
import { openSession, type SmtpSession } from './smtp-session.ts';
import { readSmtpUrl, type SmtpServer } from './smtp-url.ts';

/** The operator's mail server, and the sender of what goes through it. */
export interface MailServer {
  server: SmtpServer;
  sender: Sender;
  /** The name to greet it with. */
  name: string;
  open: () => Promise<SmtpSession>;
}

/**
 * @param given `publicUrl` is where customers reach the survey page; its host may be our name in the greeting
 * @throws Failure `bad_smtp_url` or `bad_from` of kind configuration
 */
export function mailServer({
  url,
  from,
  publicUrl,
  signal,
}: {
  url: string;
  from: string;
  publicUrl: string | null;
  signal: AbortSignal;
}): MailServer {
  const server = readSmtpUrl(url);
  const sender = mailableSender(from);
  const name = server.name ?? greetingName({ publicUrl, sender: sender.address });
  const open = (): Promise<SmtpSession> =>
    openSession(server, { name, limits: smtpLimits(server.timeoutMs), signal });
  return { server, sender, name, open };
}

/**
 * The local part of an address travels unchanged, so plain SMTP needs it to be ASCII (RFC 5321, 2.3.11).
 *
 * @throws Failure `bad_from`
 */
export function mailableSender(from: string): Sender {
  const sender = senderOf(from);
  const local = sender.address.slice(0, sender.address.lastIndexOf('@'));
  const address = asciiAddress(sender.address);
  if (/^[\x21-\x7e]+$/.test(local) && !address.endsWith('@')) return { ...sender, address };
  throw badSender('is not an address that SMTP can carry');
}

/** With the domain as in DNS: `robin@bücher.example` becomes `robin@xn--bcher-kva.example`. */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${asciiDomain(address.slice(at + 1))}`;
}
