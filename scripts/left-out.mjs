/** Kerberos for proxies, which https-proxy-agent offers and we do not. */
export const createNegotiateAuth = undefined;

/** A question that is answered in an editor, which inquirer offers and we never ask. */
export default undefined;
