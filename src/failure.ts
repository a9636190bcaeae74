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

export interface FailureDetails {
  /** What the user can do next: one sentence, imperative. */
  hint: string;
  /** The conversation that the failure is about, when there is one. */
  conversationId?: string;
  cause?: unknown;
}

export class Failure extends Error {
  readonly kind: FailureKind;
  /** Stable, snake_case name of the failure, e.g. `conversation_not_found`; scripts match on it. */
  readonly code: string;
  readonly hint: string;
  readonly conversationId: string | null;

  constructor(kind: FailureKind, code: string, message: string, details: FailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.code = code;
    this.hint = details.hint;
    this.conversationId = details.conversationId ?? null;
  }
}

/** The same failure, told of one conversation. */
export function about(conversationId: string, failure: Failure): Failure {
  if (failure.conversationId !== null) return failure;
  return new Failure(failure.kind, failure.code, failure.message, {
    hint: failure.hint,
    conversationId,
    cause: failure.cause,
  });
}
