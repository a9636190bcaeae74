/** The credentials of Basic authentication (RFC 7617), as they stand after `Basic `. */
export function basicCredentials(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
}
