import { Failure } from '../../failure.ts';
import { dryRunOption, yesOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { confirmed } from '../program/confirmation.ts';
import { refuseSandbox } from '../program/refuse-sandbox.ts';

export const removeCommand: CommandDeclaration = {
  name: 'remove',
  summary: 'remove a profile with its credentials; the ledger stays',
  arguments: [{ name: '<name>', description: 'of the profile', suggestions: 'profiles' }],
  options: [yesOption, dryRunOption],
  examples: ['gcsat configure remove acme --yes'],
  async run(context, { arguments: [given], options }) {
    const { configFile } = await import('../../config/config-file.ts');
    const { readProfiles, removeProfile } = await import('../../config/profiles.ts');
    const { chosenProfile } = await import('../../config/resolve-account.ts');
    const name = given as string;
    const dryRun = options['dryRun'] === true;
    refuseSandbox(context);
    const { configDir } = await chosenProfile(context);
    if (!(await readProfiles(configDir)).has(name)) {
      const text = `there is no profile '${name}' in ${configFile(configDir)}`;
      throw new Failure('configuration', 'unknown_profile', text, {
        hint: '`gcsat configure list` shows the profiles.',
      });
    }
    const print = (removed: boolean, text: string): void =>
      context.output.result({ profile: name, removed, dryRun }, () => text);
    if (dryRun) {
      print(false, `Profile ${name} would be removed.`);
      return;
    }
    const question = `Remove profile ${name} and its credentials?`;
    if (options['yes'] !== true && !(await confirmed(context, `removing profile '${name}'`, question))) {
      print(false, 'Nothing was removed.');
      return;
    }
    await removeProfile(configDir, name);
    print(true, `Profile ${name} was removed.`);
  },
};
