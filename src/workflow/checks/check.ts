import type { Failure, FailureKind } from '../../failure.ts';

/** One thing that the workflow needs, as a value; `run-checks.ts` runs it. */
export interface Check<Sources> {
  /** Stable: scripts match on it. `doctor` accepts the part before the dot for a whole group. */
  readonly id: string;
  readonly about: string;
  /** Why a problem here matters: one sentence. */
  readonly matters: string;
  /** Ids of the checks that must be well before this one can say anything. */
  readonly needs: readonly string[];
  /** It makes requests beyond this machine. */
  readonly isRemote?: boolean;
  /** @throws Failure that says what is wrong and what to do */
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
  /** For scripts, like the code of a failure. */
  code: string;
  /** Decides the exit code of `doctor --strict`; default: configuration. */
  kind?: FailureKind;
}

export type CheckStatus = 'ok' | 'warning' | 'error' | 'skipped' | 'broken';

export interface CheckResult {
  id: string;
  status: CheckStatus;
  summary: string;
  /** Why it matters, and everything known about what to do. */
  detail: string | null;
  /** The next command to type, or else what to do. */
  fix: string | null;
  /** Set for an error. */
  failure: Failure | null;
  /** Set for an error, a warning, or a broken check. */
  code: string | null;
  /** For a check that was skipped because of an unmet need: that need. */
  unmet: string | null;
  /** Set for an error, a warning, or a broken check. */
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
