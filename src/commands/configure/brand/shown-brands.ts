import { settingsOfBrand } from '../../../config/brand-settings.ts';
import { formatPolicyValue } from '../../../config/policy.ts';
import { resolveSettings } from '../../../config/resolve.ts';
import type { ResolvedSettings } from '../../../config/resolved-settings.ts';
import { brandKeys, isPolicyKey, type BrandKey } from '../../../config/setting-keys.ts';
import type { BrandSettings } from '../../../config/settings.ts';
import type { Failure } from '../../../failure.ts';
import { registerSecret } from '../../../terminal/redact.ts';
import type { CommandContext } from '../../program/context.ts';

/** The value of one setting in effect for a brand, and where it comes from. */
export interface ShownBrandSetting {
  readonly value: string | null;
  readonly origin: 'brand' | 'profile' | 'environment' | 'default' | 'sandbox' | 'flag';
  /** Why the brand's own value is invalid. */
  readonly problem?: string;
}

export interface ShownBrand {
  readonly name: string;
  readonly inboxes: readonly string[];
  readonly settings: Readonly<Record<BrandKey, ShownBrandSetting>>;
}

interface ShownBrands extends Pick<ResolvedSettings, 'profile' | 'configDir'> {
  readonly brands: ShownBrand[];
  /** Problems that belong to no single setting. */
  readonly problems: readonly string[];
}

/** The brands of the chosen profile, complete or not; of the sandbox if the context wants it. */
export async function shownBrands(context: CommandContext): Promise<ShownBrands> {
  const { flags, env } = context;
  const invalid = new Map<string, Failure>();
  const resolved: Resolved = context.wantsSandbox()
    ? await context.settings({ keepsSigningKey: false })
    : await resolveSettings({
        flags,
        env,
        onInvalid: (name, failure) => invalid.set(name, failure),
        onSecret: registerSecret,
      });
  const brands = resolved.brands.map((brand) => shown(resolved, brand, invalid));
  const said = new Set(brands.flatMap(({ name }) => brandKeys.map((key) => settingName(name, key))));
  return {
    profile: resolved.profile,
    configDir: resolved.configDir,
    brands,
    problems: [...invalid].flatMap(([name, { message }]) =>
      name.startsWith('brand') && name !== 'brandColor' && !said.has(name) ? [message] : [],
    ),
  };
}

type Resolved = Pick<
  ResolvedSettings,
  'profile' | 'configDir' | 'brand' | 'brands' | 'from' | 'origins' | 'policy' | 'publicUrl' | 'templateFile'
>;

function shown(resolved: Resolved, brand: BrandSettings, invalid: ReadonlyMap<string, Failure>): ShownBrand {
  const { policy, brand: look, from, publicUrl, templateFile } = settingsOfBrand(resolved, brand);
  const valueOf = (key: BrandKey): string | null => {
    if (key === 'inboxes') return brand.inboxes.length === 0 ? null : brand.inboxes.join(', ');
    if (key === 'from') return from;
    if (key === 'publicUrl') return publicUrl;
    if (key === 'logo') return look.logoFile;
    if (key === 'template') return templateFile;
    return isPolicyKey(key) ? formatPolicyValue(key, policy) || null : null;
  };
  const entry = (key: BrandKey): ShownBrandSetting => {
    const problem = invalid.get(settingName(brand.name, key))?.message;
    if (problem !== undefined) return { value: null, origin: 'brand', problem };
    const isOwn = key === 'inboxes' ? brand.inboxes.length > 0 : brand.own[key] !== undefined;
    const value = valueOf(key);
    const ofProfile = value === null || key === 'inboxes' ? 'default' : resolved.origins[key];
    return { value, origin: isOwn ? 'brand' : (ofProfile ?? 'default') };
  };
  const settings = Object.fromEntries(brandKeys.map((key) => [key, entry(key)]));
  return { name: brand.name, inboxes: brand.inboxes, settings: settings as ShownBrand['settings'] };
}

function settingName(brand: string, key: string): string {
  return `brand ${brand} ${key}`;
}
