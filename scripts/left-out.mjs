/** Kerberos for proxies, which https-proxy-agent offers and we do not. */
export const createNegotiateAuth = undefined;

/** Prompts that open an editor, which inquirer offers and we never use. */
export default undefined;
