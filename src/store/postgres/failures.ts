import { Failure } from '../../failure.ts';

/** The SQLSTATE of a PostgreSQL error, or the code that Node gives to a network error. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** What `pg` says when a connection has ended, or was not made in time; these errors have no code. */
const lostWords =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying|Query read timeout|Client was closed)/;
const lostCodes =
  /^(08...|57P0[1-5]|25P03|ECONN(RESET|REFUSED|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EAI_AGAIN|ENOENT|EADDRNOTAVAIL)$/;

/**
 * The connection is lost, or the server cannot be reached: nobody knows what became of a COMMIT that was on its way.
 */
export function isLost(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isLost) || lostCodes.test(codeOf(error));
  if (lostCodes.test(codeOf(error))) return true;
  return error instanceof Error && lostWords.test(error.message);
}

/**
 * Another transaction was in the way, and nothing of this one was kept: the same may succeed at once. The next try
 * finds a row that another transaction has just written (23505, 23503).
 */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01|23505|23503)$/.test(codeOf(error));
}

/** Others have used up the server's connections or memory: a moment later there may be some again. */
export function isCrowded(error: unknown): boolean {
  return /^(53300|53200)$/.test(codeOf(error));
}

const whenAway =
  'Nothing that was recorded is lost. Check the server and the connection to it, then run this again.';

/**
 * What an error of PostgreSQL or of the network means to the user; anything unknown is returned as it is.
 *
 * @param shown the ledger as the user may see it: without its password
 */
export function postgresFailure(error: unknown, shown: string): unknown {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const [, meaning] = meanings.find(([codes]) => codes.includes(code)) ?? [];
  if (meaning !== undefined) {
    const [kind, name, message, hint] = meaning(shown);
    return new Failure(kind, name, message, { hint, cause: causeOf(error) });
  }
  if (isLost(error)) {
    return new Failure(
      'ledger',
      'ledger_unavailable',
      `The ledger ${shown} cannot be reached (${reasonOf(error)}).`,
      {
        hint: whenAway,
        cause: causeOf(error),
      },
    );
  }
  if (isTls(error)) {
    return new Failure(
      'configuration',
      'ledger_not_trusted',
      `The server of the ledger ${shown} did not prove its identity.`,
      {
        hint: 'Set sslrootcert to the certificates of the authority that signed its certificate, or choose another sslmode.',
        cause: causeOf(error),
      },
    );
  }
  return error;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const meanings: readonly (readonly [codes: readonly string[], meaning: (shown: string) => Known])[] = [
  [
    ['55P03', '57014', '40001', '40P01', '53300', '53200'],
    (shown) => [
      'ledger',
      'ledger_busy',
      `Other processes keep the ledger ${shown} busy.`,
      'Wait until the other gcsat is done, then run this again.',
    ],
  ],
  [
    ['53100', '58030'],
    (shown) => [
      'ledger',
      'ledger_full',
      `The disk of the server is full: the ledger ${shown} cannot grow.`,
      'Free some space on that disk, then run this again; nothing that was recorded is lost.',
    ],
  ],
  [
    ['28P01', '28000'],
    (shown) => [
      'configuration',
      'ledger_refused',
      `The server refuses the user of the ledger ${shown}.`,
      'Check the user and the password. The password can be in GCSAT_DATABASE_URL_FILE, PGPASSWORD, or .pgpass.',
    ],
  ],
  [
    ['3D000'],
    (shown) => [
      'configuration',
      'ledger_missing',
      `There is no database for the ledger ${shown}.`,
      'Check its name, or create it with `createdb`.',
    ],
  ],
  [
    ['42501', '25006', '3F000'],
    (shown) => [
      'ledger',
      'ledger_not_writable',
      `This user cannot write to the ledger ${shown}, or its server accepts no writes.`,
      'Give the user the right to create tables there, and name a server that accepts writes.',
    ],
  ],
  [
    ['42P07', '42P01', '42703'],
    (shown) => [
      'ledger',
      'ledger_unreadable',
      `The database ${shown} has tables that do not belong to a ledger; it was left unchanged.`,
      'Use a separate database for the ledger.',
    ],
  ],
  [
    ['54000'],
    (shown) => [
      'contract',
      'id_too_long',
      `The ledger ${shown} cannot store ids longer than about 2,600 characters.`,
      'If Gladly uses such ids, keep the ledger in a file.',
    ],
  ],
  [
    ['XX001', 'XX002'],
    (shown) => [
      'ledger',
      'ledger_damaged',
      `The ledger ${shown} is damaged.`,
      'Stop everything that uses it, and restore a backup.',
    ],
  ],
  [
    ['ENOTFOUND'],
    (shown) => [
      'configuration',
      'ledger_host_unknown',
      `The host name of the ledger ${shown} cannot be resolved.`,
      'Check the host name.',
    ],
  ],
];

type Known = readonly [
  kind: 'ledger' | 'configuration' | 'contract',
  code: string,
  message: string,
  hint: string,
];

function isTls(error: unknown): boolean {
  const code = codeOf(error);
  return (
    /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code) ||
    (error instanceof Error && error.message.includes('does not support SSL'))
  );
}

/** A code, or a message of `pg`, which holds none of our data. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error) || codeOf(error.errors[0]) || 'no connection';
  return codeOf(error) || (error instanceof Error ? error.message : 'no connection');
}

/** The details of a server error may hold values of rows: they stay out of every trace. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  const cause = new Error(
    `${codeOf(error)} ${/^[0-9A-Z]{5}$/.test(codeOf(error)) ? '' : error.message}`.trim(),
  );
  if (error.stack !== undefined) cause.stack = error.stack.replace(error.message, '').trim();
  return cause;
}

export function tooOldServer(shown: string, version: string): Failure {
  return new Failure(
    'configuration',
    'database_unsupported',
    `The ledger ${shown} is on PostgreSQL ${version}; gcsat needs 14 or later, in UTF-8.`,
    { hint: 'Use a newer server, and a database whose encoding is UTF8.' },
  );
}
