import { Failure } from '../failure.ts';
import { environmentSecret, rawVariable, secretVariable } from './environment.ts';
import { givenText, isBlank, type Manner } from './given-text.ts';
import { readValue } from './invalid-value.ts';
import type { SettingOrigin } from './settings.ts';

/** The places that may give the text of a setting; the first one that has a text wins. */
export interface Places {
  /** The flag's name and text. */
  readonly flag?: readonly [string, string | undefined];
  readonly variable?: string;
  /** A variable that holds a secret and has a `_FILE` twin. */
  readonly secret?: string;
  /** The setting's name in the profile, and its text there. */
  readonly stored?: readonly [string, string | undefined];
}

/** A text, and where it was given. */
export interface Given {
  readonly text: string;
  /** `setting` by default. */
  readonly manner?: Manner;
  readonly origin: SettingOrigin;
  /** For messages: the flag, the variable, or the place in the file. */
  readonly source: string;
}

export interface LayerReader {
  /** By the name of the setting, for everything read so far. */
  readonly origins: Record<string, SettingOrigin>;
  readonly find: (places: Places) => Promise<Given | null>;
  /** @throws Failure kind usage for a bad flag, kind configuration for a bad variable or stored value. */
  readonly parse: <Value>(
    name: string,
    given: Given | null,
    parse: (text: string) => Value,
    fallback: Value,
  ) => Value;
  readonly read: <Value>(
    name: string,
    places: Places,
    parse: (text: string) => Value,
    fallback: Value,
  ) => Promise<Value>;
}

/** Receives an invalid value of the environment or the profile; the default replaces it. */
export type OnInvalid = (name: string, failure: Failure) => void;

/** The layer below the environment. */
export interface StoredLayer {
  readonly origin: 'profile' | 'sandbox';
  /** For messages: the profile and its file. */
  readonly describe: () => string;
}

/** @param onInvalid without it, an invalid value is an error. */
export function readLayers(env: NodeJS.ProcessEnv, layer: StoredLayer, onInvalid?: OnInvalid): LayerReader {
  const origins: Record<string, SettingOrigin> = {};

  const find: LayerReader['find'] = async ({ flag, variable, secret, stored }) => {
    if (flag?.[1] !== undefined) return { text: flag[1], origin: 'flag', source: flag[0] };
    const plain = variable === undefined ? null : rawVariable(env, variable);
    if (plain !== null && variable !== undefined)
      return { text: plain, origin: 'environment', source: variable };
    const hidden = secret === undefined ? null : await environmentSecret(env, secret);
    if (hidden !== null && secret !== undefined)
      return { text: hidden, origin: 'environment', source: secretVariable(env, secret) };
    if (stored?.[1] === undefined || isBlank(stored[1])) return null;
    return { text: stored[1], origin: layer.origin, source: `${stored[0]} of ${layer.describe()}` };
  };
  const parse: LayerReader['parse'] = (name, given, parser, fallback) => {
    origins[name] = given?.origin ?? 'default';
    if (given === null) return fallback;
    const { manner = 'setting' } = given;
    const kind = given.origin === 'flag' ? 'usage' : 'configuration';
    try {
      return readValue(kind, given.source, (text) => parser(givenText(text, manner)), given.text);
    } catch (error) {
      // The default profile must not replace the profile that was meant.
      if (onInvalid === undefined || kind === 'usage' || name === 'profile') throw error;
      if (!(error instanceof Failure)) throw error;
      onInvalid(name, error);
      return fallback;
    }
  };
  return {
    origins,
    find,
    parse,
    read: async (name, places, parser, fallback) => parse(name, await find(places), parser, fallback),
  };
}
