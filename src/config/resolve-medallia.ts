import type { LayerReader, Places } from './layers.ts';
import {
  parseMedalliaBrand,
  parseMedalliaChannels,
  parseMedalliaCounts,
  parseMedalliaEmployees,
  parseMedalliaHost,
  parseMedalliaKey,
  parseMedalliaLanguage,
  parseMedalliaRate,
  sharedMedalliaOrigin,
} from './medallia-values.ts';
import type { OnSecret } from './secrets.ts';
import type { ProfileKey } from './setting-keys.ts';
import type { MedalliaSettings } from './settings.ts';

/** Below the 100 per minute that Agent Connect documents, because other programs also use the key. */
const defaultPerMinute = 80;

/** @throws Failure kind configuration for a bad variable or stored value */
export async function resolveMedallia(
  layers: LayerReader,
  inProfile: (key: ProfileKey) => Pick<Places, 'stored'>,
  { allowHost, onSecret }: { allowHost: boolean; onSecret: OnSecret },
): Promise<MedalliaSettings> {
  const read = <Value>(
    key: ProfileKey,
    places: Places,
    parse: (given: string) => Value,
    fallback: Value,
  ): Promise<Value> => layers.read(key, { ...places, ...inProfile(key) }, parse, fallback);
  const apiKey = await read<string | null>(
    'medalliaApiKey',
    { secret: 'GCSAT_MEDALLIA_API_KEY' },
    parseMedalliaKey,
    null,
  );
  const apiSecret = await read<string | null>(
    'medalliaApiSecret',
    { secret: 'GCSAT_MEDALLIA_API_SECRET' },
    parseMedalliaKey,
    null,
  );
  for (const secret of [apiKey, apiSecret]) if (secret !== null) onSecret(secret);
  return {
    apiKey,
    apiSecret,
    origin: await read(
      'medalliaUrl',
      { variable: 'GCSAT_MEDALLIA_URL' },
      (text) => parseMedalliaHost(text, allowHost),
      sharedMedalliaOrigin,
    ),
    channels: await read('medalliaChannels', {}, parseMedalliaChannels, new Map()),
    employeesFile: await read<string | null>('medalliaEmployees', {}, parseMedalliaEmployees, null),
    brand: await read<string | null>('medalliaBrand', {}, parseMedalliaBrand, null),
    language: await read<string | null>('medalliaLanguage', {}, parseMedalliaLanguage, null),
    perMinute: await read('medalliaRate', {}, parseMedalliaRate, defaultPerMinute),
    countSuppressed: await read('medalliaCountSuppressed', {}, parseMedalliaCounts, false),
  };
}
