declare module 'proxy-from-env' {
  /** Empty where no proxy is to be used. */
  export function getProxyForUrl(url: string): string;
}
