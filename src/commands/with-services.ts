import { openServices, type Services, type Surroundings } from '../workflow/context/services.ts';
import type { CommandContext } from './context.ts';

/** Opens what the workflow needs, for as long as one piece of work. */
export async function withServices<Result>(
  context: CommandContext,
  priority: Surroundings['priority'],
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  const settings = await context.settings();
  const services = await openServices(settings, {
    signal: context.signal,
    clock: context.clock,
    priority,
    debug: (text) => context.output.debug(text),
  });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

/** For what may write nothing: a signing key that is missing is not kept either. */
export async function keepNoSigningKey(context: CommandContext): Promise<void> {
  const settings = await context.settings();
  const { surveySecret } = settings;
  settings.surveySecret = () => surveySecret({ keep: false });
}

/** Links of the outbox lead nowhere unless somebody says where the survey page is. */
export async function warnOfPlaceholderLinks(context: CommandContext): Promise<void> {
  const { delivery, publicUrl, origins } = await context.settings();
  if (delivery === 'outbox' && origins['publicUrl'] === 'default') {
    context.output.warn(
      `links in messages lead to ${publicUrl ?? 'nowhere'}; set GCSAT_PUBLIC_URL before customers see them`,
    );
  }
}
