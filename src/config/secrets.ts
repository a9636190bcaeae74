import { percentDecoded } from '../domain/values/percent-encoding.ts';
/** Receives each secret of the settings before anything can print it. */
export type OnSecret = (secret: string) => void;

/** The password of a URL, as it stands there and decoded. */
export function urlSecrets(url: string | null): string[] {
  if (url === null || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  if (password === '') return [];
  return [password, percentDecoded(password) ?? password];
}

/** With the base64 alone, and of a long path, which may be a key as Slack's is, the path alone. */
export function alertSecrets({ url, secret }: { url: string | null; secret: string | null }): string[] {
  const path = url === null ? '' : new URL(url).href.slice(new URL(url).origin.length);
  return [
    ...(secret === null ? [] : [secret, secret.slice('whsec_'.length)]),
    ...(path.length < longPath ? [] : [path]),
  ];
}

/** Shorter ones are words, which occur elsewhere. */
const longPath = 20;

/** The password alone, and as the Basic header carries it. */
export function basicSecrets(user: string, password: string): string[] {
  return [password, Buffer.from(`${user}:${password}`).toString('base64')];
}
