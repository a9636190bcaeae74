import { lookup, Resolver } from 'node:dns/promises';

/** DNS lookups. */
export interface NameServer {
  /** The addresses as this machine resolves them, including its hosts file. Rejects like `dns.lookup`. */
  addresses(host: string): Promise<string[]>;
  /** The TXT records, each joined into one text; null: there is no such name; empty: it has no such records. */
  texts(name: string): Promise<string[] | null>;
  close(): void;
}

/** Shorter than the time limit of a check, so that the check can say what did not answer. */
const patienceMs = 2000;

export function nameServer(): NameServer {
  const resolver = new Resolver({ timeout: patienceMs, tries: 1 });
  return {
    addresses: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    async texts(name) {
      try {
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOTFOUND') return null;
        if (code === 'ENODATA') return [];
        throw error;
      }
    },
    close: () => resolver.cancel(),
  };
}
