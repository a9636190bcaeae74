import type { Settings } from '../../config/settings.ts';
import { senderOf } from '../../delivery/sender.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { domainKey } from '../../domain/eligibility/addresses.ts';
import { Failure } from '../../failure.ts';
import { ok, skipped, type Check, type Finding } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { ofEachBrand } from './each-brand.ts';

type Sources = Pick<CheckSources, 'settings' | 'names'>;

/** Names that never exist in DNS (RFC 2606, RFC 6761). */
const reserved = /(?:^|\.)(?:example|invalid|test|localhost|example\.(?:com|net|org))$/;
/** Records may be at the domain or at its parents, up to two labels: nobody owns a domain of one. */
const leastLabels = 2;

export const spfCheck: Check<Sources> = {
  id: 'delivery.spf',
  about: 'the sender’s domain says which servers may send for it (SPF)',
  matters: 'Mailboxes reject email from a domain without it, or file it as spam.',
  needs: ['delivery.sender'],
  isRemote: true,
  run: (sources) =>
    ofDomain(sources, async (domain) => {
      const records = ((await sources.names.texts(domain)) ?? []).filter((text) =>
        /^v=spf1(?: |$)/i.test(text),
      );
      const [record] = records;
      if (record === undefined) {
        return missing(
          'spf_missing',
          `${domain} has no SPF record`,
          `Publish one, e.g. "v=spf1 include:… -all".`,
        );
      }
      if (records.length > 1) {
        return missing(
          'spf_ambiguous',
          `${domain} has ${records.length} SPF records`,
          'Keep one (RFC 7208, 4.5).',
        );
      }
      if (/(?:^| )\+?all(?: |$)/i.test(record)) {
        return missing(
          'spf_open',
          `the SPF record of ${domain} lets anyone send`,
          'End it with "-all" or "~all".',
        );
      }
      return ok(record, 'Whether it names the server that sends cannot be seen from here.');
    }),
};

export const dkimCheck: Check<Sources> = {
  id: 'delivery.dkim',
  about: 'the sender’s domain publishes keys for signed email (DKIM)',
  matters: 'Large mailbox providers reject email that is not signed.',
  needs: ['delivery.sender'],
  isRemote: true,
  run: (sources) =>
    ofDomain(sources, async (domain) => {
      // Only its signer knows a key's name, but if any key exists, so does the name above all keys (RFC 8020).
      if ((await sources.names.texts(`_domainkey.${domain}`)) === null) {
        return missing(
          'dkim_missing',
          `${domain} publishes no key for DKIM`,
          'Publish the one of the server that signs.',
        );
      }
      return ok(
        `${domain} publishes keys`,
        'Only the server that signs knows which one it uses: look for dkim=pass in a sample from `configure test` ' +
          'with `--send-to`.',
      );
    }),
};

export const dmarcCheck: Check<Sources> = {
  id: 'delivery.dmarc',
  about: 'the sender’s domain says what happens to email that fails both (DMARC)',
  matters: 'Large mailbox providers require it from anyone who sends many messages.',
  needs: ['delivery.sender'],
  isRemote: true,
  run: (sources) =>
    ofDomain(sources, async (domain) => {
      for (const name of withParents(domain)) {
        const texts = (await sources.names.texts(`_dmarc.${name}`)) ?? [];
        const record = texts.find((text) => /^v=DMARC1(?:;| |$)/i.test(text));
        if (record !== undefined) return ok(`${record} (${name})`);
      }
      return missing(
        'dmarc_missing',
        `${domain} has no DMARC record`,
        `Publish one at _dmarc.${domain}, e.g. "v=DMARC1; p=none".`,
      );
    }),
};

function ofDomain(
  { settings }: Pick<CheckSources, 'settings'>,
  look: (domain: string) => Promise<Finding>,
): Promise<Finding> {
  const named = (own: Settings): string | null => {
    const domain = domainOf(own);
    return 'name' in domain ? domain.name : null;
  };
  return ofEachBrand(settings(), named, async (own) => {
    const domain = domainOf(own);
    if ('why' in domain) return skipped(domain.why);
    try {
      return await look(domain.name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof Failure || code === undefined) throw error;
      return skipped(`DNS does not answer for ${domain.name} here (${code})`);
    }
  });
}

function domainOf({ delivery, from, hostKind }: Settings): { name: string } | { why: string } {
  const sendsMail = traitsOf(delivery).addressKind === 'email' && traitsOf(delivery).lane === 'live';
  if (!sendsMail || from === null) return { why: `${delivery} sends no email` };
  if (hostKind === 'loopback') return { why: 'the sender of a sandbox is made up' };
  const { address } = senderOf(from);
  const name = domainKey(address.slice(address.lastIndexOf('@') + 1));
  return reserved.test(name) ? { why: `${name} is reserved for examples` } : { name };
}

function withParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.flatMap((_, index) =>
    labels.length - index >= leastLabels ? [labels.slice(index).join('.')] : [],
  );
}

function missing(code: string, summary: string, fix: string): Finding {
  return { status: 'warning', code, summary, fix };
}
