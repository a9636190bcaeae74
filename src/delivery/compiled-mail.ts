import type Mail from 'nodemailer/lib/mailer';
import type { Sender } from './sender.ts';

type Header = string | { prepared: boolean; foldLines: boolean; value: string };

interface CompiledMail extends Mail.Options {
  headers?: Record<string, Header>;
}

/**
 * A mail as it travels (RFC 5322), marked as automatic (RFC 3834) so that out-of-office programs stay quiet. Nothing
 * that it names is ever read from a file or a URL.
 */
export async function compiledMail({ headers, ...mail }: CompiledMail): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    ...mail,
    headers: { ...headers, 'Auto-Submitted': 'auto-generated' },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** The Message-ID that is made of this name and the sender's domain. */
export function messageIdIn(name: string, { address }: Sender): string {
  return `<${name}@${address.slice(address.lastIndexOf('@') + 1)}>`;
}
