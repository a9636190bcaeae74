import type { Failure, FailureKind } from '../../failure.ts';

/** One thing that the workflow needs, as a value: what runs it, and when, is in `run-checks.ts`. */
export interface Check<Sources> {
  /** Stable: scripts match on it. The part before the dot is what `doctor` accepts for a whole group. */
  readonly id: string;
  readonly about: string;
  /** Why trouble here matters: one sentence. */
  readonly matters: string;
  /** Ids of the checks without which this one can say nothing. */
  readonly needs: readonly string[];
  /** It asks something beyond this machine. */
  readonly isRemote?: boolean;
  /** @throws Failure that says that it is not well, and what to do */
  run(sources: Sources): Finding | Promise<Finding>;
}

export type Finding =
  { status: 'ok'; summary: string; detail?: string } | Warning | { status: 'skipped'; summary: string };

export interface Warning {
  status: 'warning';
  summary: string;
  detail?: string;
  /** The next command to type, or else what to do. */
  fix: string;
  /** For scripts, as the code of a failure. */
  code: string;
  /** Decides the exit code of `doctor --strict`; default: configuration. */
  kind?: FailureKind;
}

export type CheckStatus = 'ok' | 'warning' | 'error' | 'skipped' | 'broken';

export interface CheckResult {
  id: string;
  status: CheckStatus;
  summary: string;
  /** Why it matters, and all that is known of what to do. */
  detail: string | null;
  /** The next command to type, or else what to do. */
  fix: string | null;
  /** Of an error. */
  failure: Failure | null;
  /** Of an error or a warning. */
  code: string | null;
  /** The need that is not met, of a check that was skipped because of it. */
  unmet: string | null;
  /** Of an error, a warning, or a check that is broken. */
  kind: FailureKind | null;
  /** What a broken check threw. */
  thrown?: unknown;
}

export function ok(summary: string, detail?: string): Finding {
  return { status: 'ok', summary, ...(detail === undefined ? {} : { detail }) };
}

export function skipped(why: string): Finding {
  return { status: 'skipped', summary: why };
}
