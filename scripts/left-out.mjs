/** Kerberos for proxies, which https-proxy-agent offers and we do not. */
export const createNegotiateAuth = undefined;
