import { FetchError } from 'node-fetch';
import { proxyRefusal, proxySystemCall } from './proxy.ts';

/** An exchange that brought no answer, or only part of one. */
export class TransportError extends Error {
  readonly reason: 'timeout' | 'too_large' | 'endless' | 'network';
  /** The system's error code, e.g. `ECONNRESET`. */
  readonly code: string | null;
  /** There never was a connection, so no part of the request can have arrived. */
  readonly beforeConnect: boolean;
  /** Set when a proxy on our side made no connection. */
  readonly atProxy: 'refused' | 'failed' | null;

  constructor(
    reason: TransportError['reason'],
    message: string,
    details: Partial<Pick<TransportError, 'code' | 'beforeConnect' | 'atProxy' | 'cause'>> = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'TransportError';
    this.reason = reason;
    this.code = details.code ?? null;
    this.beforeConnect = details.beforeConnect ?? false;
    this.atProxy = details.atProxy ?? null;
  }
}

/** Errors that can occur only before there is a connection, whatever system call reports them. */
const connectCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

interface SystemError extends Error {
  code?: string;
  erroredSysCall?: string;
}

/** An error of the system or the HTTP library as a TransportError; anything else is a defect and stays as it is. */
export function networkErrorOf(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  if (error.erroredSysCall === proxySystemCall) {
    const [, why = error.message] = /, reason: (.*)$/s.exec(error.message) ?? [];
    const atProxy = error.code === proxyRefusal ? 'refused' : 'failed';
    return new TransportError('network', why, { beforeConnect: true, atProxy, cause: error });
  }
  const code = error.code ?? null;
  const beforeConnect =
    error.erroredSysCall === 'connect' ||
    (code !== null && (connectCodes.has(code) || isCertificateCode(code)));
  return new TransportError('network', error.message, { code, beforeConnect, cause: error });
}

function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error) || error instanceof TransportError) return false;
  return error instanceof FetchError || ('code' in error && typeof error.code === 'string');
}

/** Whether Node.js rejects the server's certificate with this code. */
export function isCertificateCode(code: string): boolean {
  return /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/.test(
    code,
  );
}
