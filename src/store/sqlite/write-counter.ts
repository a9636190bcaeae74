import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../private-folder.ts';
import { isBehind } from './writes.ts';

/** Where to record, outside the ledgers, how much each ledger held. */
export interface WriteCounters {
  readonly folder: string;
  /** Made only after the first ledger, so a key without any ledger shows that a ledger is gone. */
  readonly signingKey: string;
  /** The folder of the ledgers whose location nobody chose. */
  readonly ledgers: string;
  /** True: counters are only compared with, and never changed. */
  readonly isReadOnly?: boolean;
}

export interface WriteCounter {
  /**
   * The fewest transactions that the ledger must hold; null: unknown; `accepted`: a person accepts the ledger as it is.
   */
  readonly writes: number | 'accepted' | null;
  /** Also records that there is a ledger. Another process may have raised the count further. */
  raise(writes: number): void;
  close(): void;
}

const digits = 12;
const accepted = 'accepted'.padEnd(digits);

/** Without a folder, or if it cannot be written, nothing is recorded. */
export function openWriteCounter(counters: WriteCounters | null, path: string): WriteCounter {
  const file = counters === null ? null : fileOf(counters, path);
  let descriptor: number | null | undefined;
  const opened = (): number | null => {
    try {
      if (counters === null || file === null || counters.isReadOnly === true) return null;
      makePrivateFolder(counters.folder);
      if (!existsSync(file)) writeFileSync(file, `${accepted}\n${path}\n`, { mode: 0o600, flag: 'wx' });
      return openSync(file, 'r+');
    } catch {
      return null;
    }
  };
  return {
    writes: file === null ? null : readCounter(file),
    raise(writes) {
      descriptor ??= opened();
      if (descriptor === null) return;
      const raised = toWrites(textOf(descriptor));
      if (typeof raised === 'number' && isBehind(writes, raised)) return;
      // In place and within one page, so that it cannot be seen half written. A power cut may undo this, but never the
      // ledger.
      writeSync(descriptor, String(writes).padEnd(digits), 0);
    },
    close() {
      if (typeof descriptor === 'number') closeSync(descriptor);
      descriptor = null;
    },
  };
}

/** The ledger is accepted as it is when it is next opened, and counted from there. */
export function acceptLedger(counters: WriteCounters, path: string): void {
  makePrivateFolder(counters.folder);
  writeFileSync(fileOf(counters, path), `${accepted}\n${path}\n`, { mode: 0o600 });
}

/** Whether a ledger was in use in this data folder and nothing of it is left. */
export function isOrphaned({ folder, signingKey, ledgers }: WriteCounters): boolean {
  if (!existsSync(signingKey) || namesIn(folder).length > 0) return false;
  return !namesIn(ledgers).some((name) => name.endsWith('.db'));
}

function fileOf({ folder }: WriteCounters, path: string): string {
  return join(folder, createHash('sha256').update(path).digest('hex').slice(0, 16));
}

function readCounter(file: string): WriteCounter['writes'] {
  try {
    return toWrites(readFileSync(file, 'latin1').slice(0, digits));
  } catch {
    return null;
  }
}

function textOf(descriptor: number): string {
  const bytes = Buffer.alloc(digits);
  return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, digits, 0));
}

function toWrites(text: string): WriteCounter['writes'] {
  const said = text.trim();
  return said === 'accepted' ? said : /^\d+$/.test(said) ? Number(said) : null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
