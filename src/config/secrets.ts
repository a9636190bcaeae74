import { percentDecoded } from '../domain/values/percent-encoding.ts';
/** Receives each secret of the settings before anything can print it. */
export type OnSecret = (secret: string) => void;

/** The password of a URL, both as written and decoded. */
export function urlSecrets(url: string | null): string[] {
  if (url === null || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  if (password === '') return [];
  return [password, percentDecoded(password) ?? password];
}

/** Includes the secret's base64 alone and, for a long path, which may be a key like Slack's, the path alone. */
export function alertSecrets({ url, secret }: { url: string | null; secret: string | null }): string[] {
  const path = url === null ? '' : new URL(url).href.slice(new URL(url).origin.length);
  return [
    ...(secret === null ? [] : [secret, secret.slice('whsec_'.length)]),
    ...(path.length < longPath ? [] : [path]),
  ];
}

/** Shorter paths are words, which also occur elsewhere. */
const longPath = 20;

/** The password alone, and in the form that the Basic header carries. */
export function basicSecrets(user: string, password: string): string[] {
  return [password, Buffer.from(`${user}:${password}`).toString('base64')];
}
