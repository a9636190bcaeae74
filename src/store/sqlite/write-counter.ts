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

/** Where it is remembered, outside the ledger, how much a ledger held. */
export interface WriteCounters {
  readonly folder: string;
  /** Made after the first ledger only, so that one without any ledger shows that a ledger is gone. */
  readonly signingKey: string;
  /** Of the ledgers whose place nobody named. */
  readonly ledgers: string;
  /** They are compared with, and stay as they are. */
  readonly isReadOnly?: boolean;
}

export interface WriteCounter {
  /** The transactions that the ledger held at least; null: nothing is known; `accepted`: a person takes it as it is. */
  readonly writes: number | 'accepted' | null;
  /** Also that there is one. Another process may have raised it further. */
  raise(writes: number): void;
  close(): void;
}

const digits = 12;
const accepted = 'accepted'.padEnd(digits);

/** Without a folder, or where it cannot be written, nothing is remembered. */
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
      // In place and within one page, so that it cannot be seen half written. A power cut may undo it, never the ledger.
      writeSync(descriptor, String(writes).padEnd(digits), 0);
    },
    close() {
      if (typeof descriptor === 'number') closeSync(descriptor);
      descriptor = null;
    },
  };
}

/** The ledger is taken as it is when it is opened next, and counted from there. */
export function acceptLedger(counters: WriteCounters, path: string): void {
  makePrivateFolder(counters.folder);
  writeFileSync(fileOf(counters, path), `${accepted}\n${path}\n`, { mode: 0o600 });
}

/** A ledger was in use in this data folder, and nothing of one is left in it. */
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
