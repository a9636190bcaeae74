/**
 * What can go wrong, as the user sees it. Every error that leaves a command is a Failure with a kind; the kind
 * alone decides the exit code. Anything else that is thrown is a defect of gcsat.
 */
export const exitCodes = {
  defect: 1,
  usage: 2,
  configuration: 3,
  credentials: 4,
  not_found: 5,
  partial: 6,
  temporary: 7,
  ledger: 8,
  contract: 9,
  interrupted: 130,
  terminated: 143,
} as const;

export type FailureKind = keyof typeof exitCodes;

/**
 * How far a failure reaches. `item`: only the closing, card or conversation at hand. `permission`: Gladly refuses this
 * request (403); only other requests can tell whether it refuses everything. `contention`: another process or a person
 * got there first. `run`: whatever comes next meets the same failure.
 */
export type FailureScope = 'item' | 'permission' | 'contention' | 'run';

/** Kinds that the next piece of work meets, too, unless the failure says otherwise. */
const runKinds: readonly FailureKind[] = [
  'credentials',
  'configuration',
  'ledger',
  'interrupted',
  'terminated',
];

export interface FailureDetails {
  /** What the user can do next: one sentence, imperative. */
  hint: string;
  /** The conversation that the failure is about, when there is one. */
  conversationId?: string;
  /** How far the failure reaches, if the kind alone does not say. */
  scope?: FailureScope;
  /** Whether it may pass by itself, if the kind alone does not say. */
  passes?: boolean;
  cause?: unknown;
}

export class Failure extends Error {
  readonly kind: FailureKind;
  /** Stable, snake_case name of the failure, e.g. `conversation_not_found`; scripts match on it. */
  readonly code: string;
  readonly hint: string;
  readonly conversationId: string | null;
  readonly scope: FailureScope;
  /** Whether it may pass by itself, as an outage does. */
  readonly passes: boolean;

  constructor(kind: FailureKind, code: string, message: string, details: FailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.code = code;
    this.hint = details.hint;
    this.conversationId = details.conversationId ?? null;
    this.scope = details.scope ?? (runKinds.includes(kind) ? 'run' : 'item');
    this.passes = details.passes ?? kind === 'temporary';
  }
}

/** The same failure, about one conversation. */
export function about(conversationId: string, failure: Failure): Failure {
  if (failure.conversationId !== null) return failure;
  return new Failure(failure.kind, failure.code, failure.message, {
    hint: failure.hint,
    conversationId,
    scope: failure.scope,
    passes: failure.passes,
    cause: failure.cause,
  });
}

/** The same failure with another hint. */
export function advising(hint: string, failure: Failure): Failure {
  const { kind, code, message, conversationId, scope, passes } = failure;
  return new Failure(kind, code, message, {
    hint,
    scope,
    passes,
    cause: failure,
    ...(conversationId === null ? {} : { conversationId }),
  });
}

/** Whether a run has to stop: the next closing, card or conversation would fail the same way. */
export function stopsTheRun({ scope }: Failure): boolean {
  return scope === 'run';
}

/** Gladly refuses this request and may permit others (403; 401 for reports and exports). */
export function isForbidden({ scope }: Failure): boolean {
  return scope === 'permission';
}

/** Another process or a person got there first: no fault of the ledger, and nothing to report. */
export function isContention({ scope }: Failure): boolean {
  return scope === 'contention';
}
