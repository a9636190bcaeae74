import { brandNamed } from '../../../config/brand-values.ts';
import { Failure } from '../../../failure.ts';
import { suggest } from '../../../terminal/suggest.ts';

/** Finds the brand by any spelling of its name. @throws Failure kind configuration `unknown_brand` */
export function namedBrand<Brand extends { name: string }>(brands: readonly Brand[], text: string): Brand {
  const names = brands.map(({ name }) => name);
  const name = brandNamed(names, text);
  const found = brands.find((brand) => brand.name === name);
  if (found !== undefined) return found;
  const near = suggest(text, names);
  throw new Failure('configuration', 'unknown_brand', `there is no brand '${text}' in this profile`, {
    hint:
      near !== null
        ? `Did you mean ${near}?`
        : names.length > 0
          ? `It has ${names.join(', ')}.`
          : 'It has no brands; create one with `gcsat configure brand set`.',
  });
}
