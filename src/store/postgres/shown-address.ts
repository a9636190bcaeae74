export function isOnServer(location: string): boolean {
  return /^postgres(ql)?:/i.test(location.trim());
}

/** The address of a ledger on a server, for people: without its password and its settings, which may name files. */
export function shownAddress(location: string): string {
  const text = location
    .trim()
    .replace(/^postgres(?:ql)?:\/\/((?:[^/?#@]*@)?)(?=\/)/i, 'postgres://$1localhost');
  if (!URL.canParse(text)) return 'postgres://';
  const { username, host, pathname } = new URL(text);
  return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`;
}
