import type { Shell } from './program/completion-script.ts';
import type { CommandContext } from './program/context.ts';
import type { CommandDeclaration, NamesOnDisk } from './program/declaration.ts';

/** The newest surveys come first; to find an older one, list the surveys. */
const mostSurveys = 50;

/** A name that completion offers, and what a shell shows beside it. */
interface Offered {
  readonly name: string;
  readonly about: string;
}

/** @param program the program that this command is part of, looked up only when the command runs */
export const completionCommand = (program: () => CommandDeclaration): CommandDeclaration => ({
  name: 'completion',
  group: 'Tools',
  summary: 'print the completion script of a shell',
  arguments: [{ name: '<shell>', description: 'which shell', choices: ['bash', 'zsh', 'fish'] }],
  options: [
    {
      flags: '--names <kind>',
      description: 'print the names that this shell offers instead, as the script asks for them',
      choices: ['profiles', 'surveys', 'brands'] satisfies NamesOnDisk[],
    },
  ],
  examples: [
    'source <(gcsat completion bash)',
    'gcsat completion zsh > "${fpath[1]}/_gcsat"',
    'gcsat completion fish > ~/.config/fish/completions/gcsat.fish',
  ],
  async run(context, { arguments: [given], options }) {
    const { output } = context;
    const shell = given as Shell;
    if (options['names'] !== undefined) {
      const offered = await namesOf[options['names'] as NamesOnDisk](context);
      // A shell may execute what a completed word contains.
      const names = offered.filter(({ name }) => /^[\w.-]+$/.test(name));
      output.result({ shell, names }, () =>
        names.map(({ name, about }) => (shell === 'bash' ? name : `${name}:${about}`)).join('\n'),
      );
      return;
    }
    const { completionScript } = await import('./program/completion-script.ts');
    const script = completionScript(shell, program());
    output.result({ shell, script }, () => script);
  },
});

async function profiles(context: CommandContext): Promise<Offered[]> {
  const { readProfiles } = await import('../config/profiles.ts');
  const { chosenProfile } = await import('../config/resolve-account.ts');
  const { configDir } = await chosenProfile(context);
  return [...(await readProfiles(configDir))].map(([name, { domain }]) => ({ name, about: domain ?? '' }));
}

async function brands({ flags, env }: CommandContext): Promise<Offered[]> {
  const { resolveSettings } = await import('../config/resolve.ts');
  const resolved = await resolveSettings({ flags, env, onInvalid: () => undefined });
  return resolved.brands.map(({ name, inboxes }) => ({
    name,
    about: inboxes.length === 1 ? '1 inbox' : `${inboxes.length} inboxes`,
  }));
}

function surveys({ withLedger, now }: CommandContext): Promise<Offered[]> {
  return withLedger({ writes: false, warnsOfPause: false }, async ({ ledger }) => {
    const { listSurveys } = await import('../workflow/operator/surveys.ts');
    const offered: Offered[] = [];
    for await (const { surveyId, closingId, state, closedAt } of listSurveys(
      ledger,
      { limit: mostSurveys },
      now(),
    )) {
      offered.push({ name: surveyId ?? closingId, about: `${state}, closed ${closedAt.slice(0, 10)}` });
    }
    return offered;
  });
}

const namesOf: Record<NamesOnDisk, (context: CommandContext) => Promise<Offered[]>> = {
  profiles,
  surveys,
  brands,
};
