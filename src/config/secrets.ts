/** Receives each secret of the settings before anything can print it. */
export type OnSecret = (secret: string) => void;

/** The password of a URL, as it stands there and decoded. */
export function urlSecrets(url: string | null): string[] {
  if (url === null || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** The password alone, and as the Basic header carries it. */
export function basicSecrets(user: string, password: string): string[] {
  return [password, Buffer.from(`${user}:${password}`).toString('base64')];
}
