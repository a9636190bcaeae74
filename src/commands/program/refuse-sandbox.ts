import { Failure } from '../../failure.ts';
import type { CommandContext } from './context.ts';

/** For commands that change a real profile, which users of the sandbox do not intend. @throws Failure kind usage */
export function refuseSandbox({ flags, wantsSandbox }: CommandContext): void {
  if (!wantsSandbox()) return;
  const given = flags.sandbox === true ? 'leave out --sandbox' : 'unset GCSAT_SANDBOX';
  throw new Failure('usage', 'sandbox_needs_no_profile', 'the embedded sandbox needs no configuration', {
    hint: `Run e.g. \`gcsat replay --sandbox\`, or ${given} to change the profile of an organization.`,
  });
}
