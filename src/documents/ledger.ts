/** What `ledger backup` prints. Fields may be added, never renamed or removed. */
export interface BackupDocument {
  ledger: string;
  file: string;
  bytes: number;
  dryRun: boolean;
  /** What another machine needs, too. `file`: null when the environment gives it. */
  alsoNeeded: { what: 'configuration' | 'signing key' | 'logo' | 'template'; file: string | null }[];
}

/** What `ledger check` prints. */
export interface LedgerDocument {
  ledger: string;
  version: number;
  bytes: number;
  /** Null until the ledger has been used with an organization. */
  organization: { id: string; origin: string } | null;
  problems: string[];
}

/** What `ledger copy` prints. */
export interface LedgerCopyDocument {
  from: string;
  to: string;
  dryRun: boolean;
  rows: number;
  /** `sha256`: of everything that both ledgers have in it; null in a dry run. */
  tables: { table: string; rows: number; sha256: string | null }[];
}

/** What `ledger upgrade` prints. */
export interface LedgerUpgradeDocument {
  ledger: string;
  /** The versions before and after. */
  from: number;
  to: number;
  dryRun: boolean;
}
