import type { Agent, AgentOptions, ClientRequest } from 'node:http';
import { getProxyForUrl } from 'proxy-from-env';
import { percentDecoded } from '../domain/values/percent-encoding.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import { Failure } from '../failure.ts';
import { basicCredentials } from './basic.ts';

export interface Proxy {
  /** Without the credentials: the agent would log them when DEBUG is set. */
  url: URL;
  authorization: string | null;
}

/**
 * The proxy that the environment names for an address (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY); null when there
 * is none. This machine is always reached without a proxy.
 *
 * @throws Failure of kind configuration when the named address cannot be a proxy
 */
export function proxyFor(target: URL): Proxy | null {
  if (isLoopback(target.hostname)) return null;
  const given = getProxyForUrl(target.href).trim();
  if (given === '') return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    const variable = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    throw new Failure(
      'configuration',
      'bad_proxy',
      `the proxy for ${target.host} (${variable} or ALL_PROXY) is not an http or https address`,
      { hint: `Set ${variable}=http://proxy.acme.com:3128, or name the host in NO_PROXY.` },
    );
  }
  const user = percentDecoded(url.username) ?? url.username;
  const password = percentDecoded(url.password) ?? url.password;
  url.username = '';
  url.password = '';
  const authorization = user === '' && password === '' ? null : `Basic ${basicCredentials(user, password)}`;
  return { url, authorization };
}

/** Marks an error of the proxy by its `syscall`, which survives in the errors of node-fetch. */
export const proxySystemCall = 'proxy';
/** The `code` of an answer that the next try would meet again. */
export const proxyRefusal = 'PROXY_REFUSED';

/** Opens a tunnel (CONNECT) through the proxy for every connection, so that the proxy sees no request. */
export async function tunnelAgent(
  { url, authorization }: Proxy,
  options: Pick<AgentOptions, 'keepAlive' | 'maxSockets'>,
): Promise<Agent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const agent = new HttpsProxyAgent(url, {
    ...options,
    headers: authorization === null ? {} : { 'Proxy-Authorization': authorization },
  });
  const failed = (why: string, code?: string): Error =>
    Object.assign(new Error(`the proxy ${url.host} ${why}`), { syscall: proxySystemCall, code });
  // Otherwise a refusal would be read as the answer of the requested host.
  agent.on('proxyConnect', ({ statusCode }: { statusCode: number }, request: ClientRequest) => {
    if (statusCode === 200) return;
    request.destroy(failed(`answered ${statusCode}`, statusCode < 500 ? proxyRefusal : undefined));
  });
  const { connectOpts } = agent;
  const connect = agent.connect.bind(agent);
  agent.connect = async (request, target) => {
    // When a request is given up, its half-open tunnel must go too: otherwise the agent would count it forever.
    const givenUp = new AbortController();
    const giveUp = (): void => givenUp.abort();
    // A request that has no connection yet does not emit `close`.
    const ends: NodeJS.EventEmitter = request;
    ends.once('abort', giveUp).once('close', giveUp);
    agent.connectOpts = { ...connectOpts, signal: givenUp.signal };
    try {
      return await connect(request, target);
    } catch (error) {
      throw failed(`cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      ends.off('abort', giveUp).off('close', giveUp);
    }
  };
  return agent;
}

/** For one request on its own connection; undefined stands for Node's own agent. */
export async function agentFor(target: URL): Promise<Agent | undefined> {
  const proxy = proxyFor(target);
  return proxy === null ? undefined : tunnelAgent(proxy, { keepAlive: false });
}
