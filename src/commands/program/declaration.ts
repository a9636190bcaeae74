import { deliveryNames } from '../../domain/delivery.ts';
import type { CommandContext } from './context.ts';

/** Names that exist only in files on this machine. */
export type NamesOnDisk = 'profiles' | 'surveys' | 'brands';

/** What completion offers when the parser takes any text. */
export type Suggestions = readonly string[] | NamesOnDisk;

export interface OptionDeclaration {
  /** In commander's notation, e.g. `-q, --quiet` or `--limit <number>`. */
  readonly flags: string;
  readonly description: string;
  /** Offered by help and completion. */
  readonly choices?: readonly string[];
  /** Everything the parser accepts, if that is more than the choices. */
  readonly accepted?: readonly string[];
  readonly suggestions?: Suggestions;
}

export interface ArgumentDeclaration {
  /** In commander's notation, e.g. `<conversationId...>`. */
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly suggestions?: Suggestions;
  /** The keys that `KEY=VALUE` may begin with; default: all keys of a profile. */
  readonly settings?: readonly string[];
}

/** What the user gave to a command, not yet interpreted. */
export interface Given {
  /** In the order of the declaration: undefined for a missing optional argument, an array for a repeated one. */
  readonly arguments: readonly unknown[];
  /** By camel-case name; only options on the command line. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** If it returns a number, that is the exit code; anything else means 0. */
export type Run = (context: CommandContext, given: Given) => Promise<unknown>;

/**
 * A command as data: parsing, help, completion, and the reference are made from it. Help loads every declaration, so
 * a file with a declaration imports at its top only types and modules that load fast; `run` imports the rest.
 */
export interface CommandDeclaration {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  /** Heading in the list of commands. */
  readonly group?: string;
  readonly arguments?: readonly ArgumentDeclaration[];
  readonly options?: readonly OptionDeclaration[];
  readonly examples?: readonly string[];
  readonly commands?: readonly CommandDeclaration[];
  /** The command of a group that runs when none is named. */
  readonly isDefault?: boolean;
  readonly run?: Run;
}

export const globalOptions: readonly OptionDeclaration[] = [
  {
    flags: '--profile <name>',
    description: 'which organization (GCSAT_PROFILE)',
    suggestions: 'profiles',
  },
  {
    flags: '--domain <domain>',
    description: 'acme, acme.us-1, acme.gladly.qa or an origin (GCSAT_DOMAIN)',
  },
  { flags: '--allow-host', description: "allow a host that is not Gladly's (GCSAT_ALLOW_HOST)" },
  { flags: '--email <address>', description: 'the API user (GCSAT_EMAIL)' },
  {
    flags: '--token-stdin',
    description: 'read the API token from stdin (else GCSAT_TOKEN or GCSAT_TOKEN_FILE)',
  },
  {
    flags: '--database <file>',
    description: 'the ledger: a file, or a sqlite: or postgres: URL (GCSAT_DATABASE_URL)',
  },
  {
    flags: '--sandbox',
    description:
      'run against an embedded sandbox; needs no account, and keeps nothing without --database (GCSAT_SANDBOX)',
  },
  {
    flags: '--delivery <name>',
    description: 'how surveys reach customers (GCSAT_DELIVERY)',
    choices: deliveryNames,
    accepted: deliveryNames,
  },
  {
    flags: '--rate-share <percent>',
    description: "share of the organization's rate limit to use (GCSAT_RATE_SHARE)",
  },
  { flags: '--timeout <seconds>', description: 'limit for one HTTP request (GCSAT_TIMEOUT)' },
  { flags: '--json', description: 'print exactly one JSON document on stdout' },
  { flags: '--jsonl', description: 'print one JSON document per line, for commands that list' },
  { flags: '-q, --quiet', description: 'only warnings and errors on stderr (GCSAT_LOG_LEVEL)' },
  { flags: '-v, --verbose', description: 'more detail on stderr, with stack traces' },
  { flags: '--no-input', description: 'never ask (also CI, or if stdin or stderr is not a terminal)' },
  { flags: '--no-color', description: 'no colors (also NO_COLOR)' },
];

/** For every command. */
export const helpOption: OptionDeclaration = { flags: '-h, --help', description: 'show this help' };

/** Only for the program itself. */
export const versionOption: OptionDeclaration = { flags: '-V, --version', description: 'print the version' };
