import { Failure } from '../failure.ts';
import { givenText } from './given-text.ts';

/** A stream that ends, such as stdin. */
export interface Input extends AsyncIterable<unknown> {
  readonly isTTY?: boolean;
}

const longest = 64 * 1024;

/**
 * A secret from stdin, read to its end, without one line break at the end.
 *
 * @param option for messages: the option that reads the secret.
 * @param hint how to give the secret.
 * @throws Failure kind usage if stdin is a terminal (which would show the secret), empty, or too long.
 */
export async function readSecret(
  option: string,
  input: Input = process.stdin,
  hint = 'Pipe the secret in, e.g. `pass show gladly | gcsat … --token-stdin`.',
): Promise<string> {
  const refused = (code: string, message: string): Failure => new Failure('usage', code, message, { hint });
  if (input.isTTY === true) {
    throw refused('stdin_is_terminal', `${option} reads from stdin, but stdin is a terminal`);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Buffer | string);
    length += bytes.length;
    if (length > longest) throw refused('stdin_too_long', `${option}: stdin is too long for a secret`);
    chunks.push(bytes);
  }
  const secret = givenText(Buffer.concat(chunks).toString('utf8'), 'secret');
  if (secret === '') throw refused('stdin_empty', `${option}: stdin is empty`);
  return secret;
}
