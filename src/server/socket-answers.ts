import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers a request that Node's parser could not read, or did not receive in time. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headers: Record<string, string>,
): void {
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  // Once an answer has begun, a second one would look like its continuation.
  const begun = (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage;
  if (!socket.writable || begun?.headersSent === true || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  answer(socket, status, headers);
}

/** Refuses CONNECT. Node hands over the bare socket, and nothing else listens for its errors. */
export function refuseTunnel(socket: Socket, headers: Record<string, string>): void {
  socket.on('error', () => socket.destroy());
  answer(socket, '405 Method Not Allowed', { ...headers, Allow: 'GET, HEAD, POST' });
}

function answer(socket: Socket, status: string, headers: Record<string, string>): void {
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': '0' });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n`, () => socket.destroy());
}
