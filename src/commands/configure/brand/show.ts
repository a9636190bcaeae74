import type { CommandDeclaration } from '../../program/declaration.ts';

export const showBrandCommand: CommandDeclaration = {
  name: 'show',
  summary: 'show the settings of one brand, and where they come from',
  arguments: [{ name: '<name>', description: 'of the brand', suggestions: 'brands' }],
  examples: ['gcsat configure brand show nordwind', 'gcsat configure brand show nordwind --json'],
  async run(context, { arguments: [given] }) {
    const { settingsTable } = await import('../../../terminal/settings-view.ts');
    const { namedBrand } = await import('./named-brand.ts');
    const { shownBrands } = await import('./shown-brands.ts');
    const { output } = context;
    const { profile, brands, problems } = await shownBrands(context);
    for (const problem of problems) output.warn(problem);
    const { name, settings } = namedBrand(brands, given as string);
    output.result({ profile, brand: name, settings }, () => settingsTable(settings, output));
  },
};
