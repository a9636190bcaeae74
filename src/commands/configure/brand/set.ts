import { brandKeys } from '../../../config/setting-keys.ts';
import { dryRunOption } from '../../program/common-options.ts';
import type { CommandDeclaration } from '../../program/declaration.ts';

export const setBrandCommand: CommandDeclaration = {
  name: 'set',
  summary: 'make a brand, or change one',
  details:
    'Sets values of a brand, and makes it if there is none of this name. An empty value restores that of the profile; ' +
    `a value of - is read from stdin. An inbox belongs to one brand at most.\n\nKeys: ${brandKeys.join(', ')}. ` +
    `Inboxes are ids or names, separated by commas; the others are as in \`configure set\`.`,
  arguments: [
    { name: '<name>', description: 'of the brand', suggestions: 'brands' },
    { name: '<setting...>', description: 'KEY=VALUE', settings: brandKeys },
  ],
  options: [dryRunOption],
  examples: [
    "gcsat configure brand set nordwind inboxes='Nordwind Support,Nordwind Returns' companyName=Nordwind",
    'gcsat configure brand set nordwind from=care@nordwind.example publicUrl=https://csat.nordwind.example',
    'gcsat configure brand set nordwind logo=',
  ],
  async run(context, { arguments: [name, texts], options }) {
    const { setBrand } = await import('./set-brand.ts');
    await setBrand(context, name as string, texts as string[], options['dryRun'] === true);
  },
};
