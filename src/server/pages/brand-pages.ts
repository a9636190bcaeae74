import type { PageBrand } from '../../html/brand.ts';
import { assetsOf, type Assets } from './assets.ts';
import { pagesWith, type Pages } from './render.ts';

/** By the names of the brands that the profile has. */
export type PageBrands = ReadonlyMap<string, PageBrand>;

/** The pages as each brand shows them. */
export interface BrandPages {
  /** @param brand null: the profile's own; without logo and color where the profile has no such brand */
  of(brand: string | null): Pages;
  /** For pages that belong to no survey: whose look they should have, nobody can tell where there are brands. */
  ofNobody: Pages;
  /** By the brand; that of no brand is the profile's own. */
  assets: ReadonlyMap<string | null, Assets>;
}

export function brandPagesOf(own: PageBrand, brands: PageBrands = new Map()): BrandPages {
  const all = new Map<string | null, PageBrand>([[null, own], ...brands]);
  const assets = new Map([...all].map(([brand, look]) => [brand, assetsOf(look)]));
  const pages = new Map(
    [...assets].map(([brand, files]) => [brand, pagesWith(files, all.get(brand)?.texts)]),
  );
  const plainAssets = assetsOf({ color: null, logo: null });
  const plain = pagesWith(plainAssets);
  return {
    of: (brand) => pages.get(brand) ?? plain,
    ofNobody: brands.size === 0 ? pagesWith(assetsOf(own)) : plain,
    // No brand has an empty name.
    assets: new Map([...assets, ['', plainAssets]]),
  };
}
