import { Failure } from '../../failure.ts';
import type { Check, CheckResult, Finding } from './check.ts';

export interface RunOptions {
  /** Time limit for each check; null: as long as it takes. */
  limitMs: number | null;
  /** Skips checks that make requests beyond this machine. */
  offline: boolean;
}

/**
 * Runs the checks, each as soon as the checks that it needs are well. A need that is not among them counts as met.
 *
 * @returns results in the order of the checks
 * @throws Failure kind interrupted or terminated
 */
export async function runChecks<Sources>(
  checks: readonly Check<Sources>[],
  sources: Sources,
  options: RunOptions,
): Promise<CheckResult[]> {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const begun = new Map<string, Promise<CheckResult>>();
  const resultOf = (check: Check<Sources>): Promise<CheckResult> => {
    const known = begun.get(check.id);
    if (known !== undefined) return known;
    const result = afterNeeds(check);
    begun.set(check.id, result);
    return result;
  };
  const afterNeeds = async (check: Check<Sources>): Promise<CheckResult> => {
    if (options.offline && check.isRemote === true)
      return skippedBecause(check, 'not checked with --offline');
    const needs = check.needs.flatMap((id) => byId.get(id) ?? []);
    const unmet = (await Promise.all(needs.map(resultOf))).find(({ status }) => !isWell(status));
    if (unmet !== undefined) {
      return { ...skippedBecause(check, `not checked, because of ${unmet.id}`), unmet: unmet.id };
    }
    return runOne(check, sources, options.limitMs);
  };
  return Promise.all(checks.map(resultOf));
}

/**
 * The named checks, each by its id or by the part before the dot, and the checks that they need; all if none is named.
 *
 * @returns also the names that match no check
 */
export function chosenChecks<Sources>(
  checks: readonly Check<Sources>[],
  names: readonly string[],
): { chosen: Check<Sources>[]; unknown: string[] } {
  if (names.length === 0) return { chosen: [...checks], unknown: [] };
  const means = (name: string, id: string): boolean => id === name || id.startsWith(`${name}.`);
  const wanted = new Set<string>();
  const add = (id: string): void => {
    if (wanted.has(id)) return;
    wanted.add(id);
    for (const need of checks.find((check) => check.id === id)?.needs ?? []) add(need);
  };
  for (const { id } of checks) if (names.some((name) => means(name, id))) add(id);
  return {
    chosen: checks.filter(({ id }) => wanted.has(id)),
    unknown: names.filter((name) => !checks.some(({ id }) => means(name, id))),
  };
}

function isWell(status: CheckResult['status']): boolean {
  return status === 'ok' || status === 'warning';
}

async function runOne<Sources>(
  check: Check<Sources>,
  sources: Sources,
  limitMs: number | null,
): Promise<CheckResult> {
  try {
    const work = Promise.resolve().then(() => check.run(sources));
    return resultOfFinding(check, await within(work, limitMs));
  } catch (error) {
    if (!(error instanceof Failure)) return broken(check, error);
    if (error.kind === 'interrupted' || error.kind === 'terminated') throw error;
    return {
      id: check.id,
      status: 'error',
      summary: error.message,
      detail: `${check.matters} ${error.hint}`,
      fix: nextStep(error),
      failure: error,
      code: error.code,
      unmet: null,
      kind: error.kind,
    };
  }
}

function resultOfFinding<Sources>({ id, matters }: Check<Sources>, finding: Finding): CheckResult {
  const { status, summary } = finding;
  const result: CheckResult = {
    ...{ id, status, summary, detail: null, fix: null },
    ...{ failure: null, code: null, unmet: null, kind: null },
  };
  if (finding.status === 'ok') return { ...result, detail: finding.detail ?? null };
  if (finding.status === 'skipped') return result;
  const { detail, fix, code, kind = 'configuration' } = finding;
  return { ...result, detail: detail === undefined ? matters : `${matters} ${detail}`, fix, code, kind };
}

function skippedBecause<Sources>(check: Check<Sources>, why: string): CheckResult {
  return resultOfFinding(check, { status: 'skipped', summary: why });
}

/** The message of a defect may quote anything, so only its name is given. */
function broken<Sources>({ id }: Check<Sources>, error: unknown): CheckResult {
  const what = error instanceof Error ? error.name : typeof error;
  return {
    id,
    status: 'broken',
    summary: `this check itself failed (${what})`,
    detail: 'It says nothing about what it checks. This is a defect in gcsat.',
    fix: `gcsat doctor ${id} -v`,
    ...{ failure: null, code: 'defect', unmet: null },
    kind: 'defect',
    thrown: error,
  };
}

/** The first command that the hint names, else the whole hint. */
function nextStep({ hint }: Pick<Failure, 'hint'>): string {
  return /`(gcsat [^`]+)`/.exec(hint)?.[1] ?? hint;
}

async function within<Result>(work: Promise<Result>, limitMs: number | null): Promise<Result> {
  if (limitMs === null) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(limitMs)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(limitMs: number): Failure {
  return new Failure('temporary', 'check_timed_out', `no answer within ${limitMs / 1000} s`, {
    hint: 'Run it again; if that does not help, check the network between this machine and the other side.',
  });
}
