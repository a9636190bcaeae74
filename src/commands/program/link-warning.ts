import { traitsOf } from '../../domain/delivery.ts';
import type { CommandContext } from './context.ts';

/** Links of the outbox lead nowhere until the public URL of the survey page is set. */
export async function warnOfPlaceholderLinks(context: CommandContext): Promise<void> {
  const { delivery, publicUrl, origins } = await context.settings();
  if (traitsOf(delivery).publicUrl === 'stand_in' && origins['publicUrl'] === 'default') {
    context.output.warn(
      `links in messages point to ${publicUrl ?? 'nowhere'}; set GCSAT_PUBLIC_URL before customers see them`,
    );
  }
}
