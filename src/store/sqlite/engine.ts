import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { engineTooOld } from './failures.ts';

export type Database = DatabaseSyncInstance;

export type Bindable = string | number | bigint | null | Uint8Array;

/**
 * Before this version, a log that starts over while another process copies it can lose commits
 * (https://sqlite.org/wal.html, "The WAL-Reset Bug").
 */
const oldest = [3, 51, 3] as const;

let isChecked = false;

export interface EngineOptions {
  /** How long opening, and every statement after it, may hold up the event loop to wait for another process. */
  busyTimeoutMs?: number;
  readOnly?: boolean;
}

/** @throws Failure ledger_engine_too_old, or what SQLite says about the file */
export function openDatabase(
  path: string,
  { busyTimeoutMs = 0, readOnly = false }: EngineOptions = {},
): Database {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly });
  if (isChecked) return database;
  try {
    const [row] = database.prepare('SELECT sqlite_version() AS version').all() as { version: string }[];
    refuseOldEngine(row?.version ?? '');
    isChecked = true;
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** @throws Failure ledger_engine_too_old */
export function refuseOldEngine(version: string): void {
  const parts = version.split('.').map(Number);
  const difference = oldest.map((part, index) => (parts[index] ?? NaN) - part).find((by) => by !== 0) ?? 0;
  if (!(difference >= 0)) throw engineTooOld(version, oldest.join('.'));
}

/**
 * While the guard is open, and when it closes, SQLite copies no log into the file, because the guard is read-only: not
 * even when all other connections are closed, which happens only once their statements are collected. A process that
 * ends closes its youngest connections first, so the guard is made before the others and never closed.
 */
export function createGuard(path: string): () => void {
  const guard = new DatabaseSync(path, { open: false, readOnly: true });
  return () => {
    guards.add(guard);
    guard.open();
    guard.exec('SELECT 1 FROM sqlite_master');
  };
}

const guards = new Set<Database>();
