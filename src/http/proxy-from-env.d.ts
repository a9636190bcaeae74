declare module 'proxy-from-env' {
  /** Empty when no proxy applies. */
  export function getProxyForUrl(url: string): string;
}
