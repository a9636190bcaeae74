import type { CommandDeclaration } from '../../program/declaration.ts';
import type { BrandKey } from '../../../config/setting-keys.ts';
import type { ShownBrand } from './shown-brands.ts';

export const listBrandsCommand: CommandDeclaration = {
  name: 'list',
  summary: 'list the brands of a profile',
  examples: ['gcsat configure brand list', 'gcsat configure brand list --json'],
  async run(context) {
    const { table } = await import('../../../terminal/table.ts');
    const { shownBrands } = await import('./shown-brands.ts');
    const { output } = context;
    const { brands: found, problems } = await shownBrands(context);
    for (const problem of problems) output.warn(problem);
    const brands = found.map(entryOf);
    if (output.jsonl) {
      for (const brand of brands) output.line(brand);
      return;
    }
    output.result(brands, () => {
      if (brands.length === 0) return 'No brands yet; create one with `gcsat configure brand set`.';
      return table(
        brands,
        [
          { title: 'BRAND', value: ({ name }) => name },
          { title: 'INBOXES', value: ({ inboxes }) => inboxes.join(', ') || '-', overflow: 'wrap' },
          { title: 'COMPANY', value: ({ companyName }) => companyName ?? '-' },
          { title: 'SENDER', value: ({ from }) => from ?? '-' },
          { title: 'PAGES AT', value: ({ publicUrl }) => publicUrl ?? '-' },
        ],
        { width: output.columns, heading: output.paint.bold },
      );
    });
  },
};

/** The values in effect: the brand's own, or the profile's. */
function entryOf({ name, inboxes, settings }: ShownBrand) {
  const value = (key: BrandKey): string | null => settings[key].value;
  return {
    name,
    inboxes,
    companyName: value('companyName'),
    from: value('from'),
    language: value('language'),
    publicUrl: value('publicUrl'),
  };
}
