import { Failure } from '../../failure.ts';
import type { CommandContext } from './context.ts';

/** @throws Failure kind usage when prompts are not allowed */
export async function confirmed(context: CommandContext, what: string, question: string): Promise<boolean> {
  if (!context.interactive) {
    throw new Failure('usage', 'confirmation_needed', `${what} needs confirmation`, { hint: 'Add --yes.' });
  }
  const { openPrompts } = await import('../../terminal/prompts.ts');
  return (await openPrompts(context.signal)).confirm(question);
}
