import type { Agent, AgentOptions, ClientRequest } from 'node:http';
import { getProxyForUrl } from 'proxy-from-env';
import { percentDecoded } from '../domain/values/percent-encoding.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import { Failure } from '../failure.ts';
import { basicCredentials } from './basic.ts';

export interface Proxy {
  /** Without the credentials, which the agent would show to whoever sets DEBUG. */
  url: URL;
  authorization: string | null;
}

/**
 * The proxy that the environment names for an address (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY); null for none.
 * This machine is always reached without one.
 *
 * @throws Failure kind configuration when it cannot be one
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

/** By its `syscall`, which survives in the errors of node-fetch, such an error is known later. */
export const proxySystemCall = 'proxy';
/** The `code` where the next try would meet the same answer. */
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
  // A refusal would otherwise be read as the answer of the host that was asked for.
  agent.on('proxyConnect', ({ statusCode }: { statusCode: number }, request: ClientRequest) => {
    if (statusCode === 200) return;
    request.destroy(failed(`answered ${statusCode}`, statusCode < 500 ? proxyRefusal : undefined));
  });
  const { connectOpts } = agent;
  const connect = agent.connect.bind(agent);
  agent.connect = async (request, target) => {
    // A request that is given up takes its half-open tunnel along: the agent would count it forever.
    const givenUp = new AbortController();
    const giveUp = (): void => givenUp.abort();
    // One that has no connection yet does not close.
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
