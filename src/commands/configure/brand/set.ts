import { brandKeys } from '../../../config/setting-keys.ts';
import { dryRunOption } from '../../program/common-options.ts';
import type { CommandDeclaration } from '../../program/declaration.ts';

export const setBrandCommand: CommandDeclaration = {
  name: 'set',
  summary: 'create or change a brand',
  details:
    "Sets values of a brand, creating the brand if it does not exist. An empty value restores the profile's value; " +
    `a value of - is read from stdin. An inbox can belong to only one brand.\n\nKeys: ${brandKeys.join(', ')}. ` +
    `Inboxes are ids or names, separated by commas; the other keys are as in \`configure set\`.`,
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
