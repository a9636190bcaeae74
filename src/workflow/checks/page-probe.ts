import http from 'node:http';
import https from 'node:https';
import { TLSSocket } from 'node:tls';
import { timeAt } from '../../domain/values/instant.ts';
import { agentFor } from '../../http/proxy.ts';

export interface PageAnswer {
  status: number;
  /** The beginning of the page. */
  body: string;
  /** When the certificate expires; null without TLS. */
  certificateEndsAt: string | null;
}

const patienceMs = 4000;
/** gcsat's own pages are smaller. */
const mostBytes = 64 * 1024;

/** One GET that follows no redirect. Rejects with Node's error, whose `code` says why. */
export async function askPage(url: string, signal: AbortSignal): Promise<PageAnswer> {
  const agent = (await agentFor(new URL(url))) ?? false;
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const request = get(url, { signal: limit, agent, headers: { accept: 'text/html' } }, (answer) => {
      // A resumed TLS session would show no certificate, but no session is kept here.
      const ends = answer.socket instanceof TLSSocket ? answer.socket.getPeerCertificate().valid_to : null;
      const certificateEndsAt = ends === null ? null : timeAt(Date.parse(ends));
      const chunks: Buffer[] = [];
      let bytes = 0;
      const end = (): void =>
        resolve({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          certificateEndsAt,
        });
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes < mostBytes) return;
        end();
        request.destroy();
      });
      answer.on('end', end);
      answer.on('error', reject);
    });
    request.on('error', reject);
  });
}
