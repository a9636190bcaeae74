import type { PageBrand } from '../../html/brand.ts';
import { assetsOf, type Assets } from './assets.ts';
import { pagesWith, type Pages } from './render.ts';

/** By the names of the profile's brands. */
export type PageBrands = ReadonlyMap<string, PageBrand>;

/** The pages as they look for each brand. */
export interface BrandPages {
  /** @param brand null: the profile's own; without logo and color if the profile has no such brand */
  of(brand: string | null): Pages;
  /** For pages that belong to no survey: if there are brands, nobody can tell whose look these pages should have. */
  ofNobody: Pages;
  /** By brand; null is the profile's own. */
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
    // The empty name is free: no brand has it.
    assets: new Map([...assets, ['', plainAssets]]),
  };
}
