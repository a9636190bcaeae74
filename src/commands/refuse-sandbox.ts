import { Failure } from '../failure.ts';
import { wantsSandbox, type CommandContext } from './context.ts';

/** For commands that change a real profile, which whoever asks for the sandbox does not mean. @throws Failure kind usage */
export function refuseSandbox({ flags, env }: Pick<CommandContext, 'flags' | 'env'>): void {
  if (!wantsSandbox(flags, env)) return;
  const given = flags.sandbox === true ? 'leave out --sandbox' : 'unset GCSAT_SANDBOX';
  throw new Failure('usage', 'sandbox_needs_no_profile', 'the embedded sandbox needs no configuration', {
    hint: `run e.g. \`gcsat replay --sandbox\`, or ${given} to change the profile of an organisation`,
  });
}
