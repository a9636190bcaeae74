import { dryRunOption, yesOption } from '../../program/common-options.ts';
import { confirmed } from '../../program/confirmation.ts';
import type { CommandDeclaration } from '../../program/declaration.ts';
import { refuseSandbox } from '../../program/refuse-sandbox.ts';

export const removeBrandCommand: CommandDeclaration = {
  name: 'remove',
  summary: 'remove a brand; its surveys keep its name',
  details:
    'From then on, closings of its inboxes use the settings of the profile. Links that were sent still work: their ' +
    'pages show the company name that the brand had, without its logo, color, and words. Reports still name the ' +
    'brand.',
  arguments: [{ name: '<name>', description: 'of the brand', suggestions: 'brands' }],
  options: [yesOption, dryRunOption],
  examples: ['gcsat configure brand remove nordwind --yes'],
  async run(context, { arguments: [given], options }) {
    const { changeProfile, readProfiles } = await import('../../../config/profiles.ts');
    const { chosenProfile } = await import('../../../config/resolve-account.ts');
    const { namedBrand } = await import('./named-brand.ts');
    const dryRun = options['dryRun'] === true;
    refuseSandbox(context);
    const { configDir, profile } = await chosenProfile(context);
    const known = (await readProfiles(configDir)).get(profile)?.brands ?? {};
    const { name } = namedBrand(
      Object.keys(known).map((one) => ({ name: one })),
      given as string,
    );
    const print = (removed: boolean, text: string): void =>
      context.output.result({ profile, brand: name, removed, dryRun }, () => text);
    if (dryRun) {
      print(false, `Brand ${name} would be removed.`);
      return;
    }
    const question = `Remove brand ${name}? Pages of its surveys lose its logo, color, and words.`;
    if (options['yes'] !== true && !(await confirmed(context, `removing brand '${name}'`, question))) {
      print(false, 'Nothing was removed.');
      return;
    }
    await changeProfile(configDir, profile, (saved) => {
      if (saved?.brands === undefined) return null;
      const rest = Object.entries(saved.brands).filter(([other]) => other !== name);
      return { ...saved, brands: Object.fromEntries(rest) };
    });
    print(
      true,
      `Brand ${name} was removed. Pages of its surveys keep its company name but lose its logo, color, and words.`,
    );
  },
};
