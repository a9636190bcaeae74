import { exitCodes } from '../../src/failure.ts';
import { answer, hugeAnswer, type Fate } from '../support/broken-network.ts';

/** Something that goes wrong between us and Gladly at a certain request, and stays wrong. */
export interface Fault {
  name: string;
  /** What becomes of the request with that number, counted from 1. */
  fate: (number: number) => Fate;
  /** The exit code of a command that asks Gladly while the fault lasts. */
  code: number;
  /** Only the time limit ends it. */
  outlasts?: boolean;
  /** An answer without a body is complete all the same. */
  endsWithHead?: boolean;
  /** Gladly refuses what was asked, and nothing else is wrong. */
  refused?: boolean;
  /** What becomes of a message that is the first to meet the fault. */
  message: 'sent' | 'not sent' | 'uncertain';
}

/**
 * What the first request that meets a fault is for. `closing`: one of many that a long run works on. `change`:
 * something is changed or deleted, and only the status says how that went.
 */
export type Meeting = 'read' | 'closing' | 'message' | 'card' | 'change';

/** Whether the other side hears the first request that meets the fault. */
export function isHeard({ fate }: Fault): boolean {
  return !['reset before', 'never read', 'say'].includes(fate(1).kind);
}

const always =
  (fate: Fate): Fault['fate'] =>
  () =>
    fate;
const { temporary, contract } = exitCodes;

export const faults: readonly Fault[] = [
  {
    name: 'late and unsteady',
    fate: always({ kind: 'late', milliseconds: 20, jitter: 60 }),
    code: 0,
    message: 'sent',
  },
  {
    name: 'reset before the answer',
    fate: always({ kind: 'reset before' }),
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'reset within the head',
    fate: always({ kind: 'reset', after: 'a part of the head' }),
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'reset within the body',
    fate: always({ kind: 'reset', after: 'all but a byte' }),
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'the head of an answer',
    fate: always({ kind: 'end', after: 'the head' }),
    endsWithHead: true,
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'an answer without its last byte',
    fate: always({ kind: 'end', after: 'all but a byte' }),
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'a byte at a time',
    fate: always({ kind: 'drip', milliseconds: 20 }),
    outlasts: true,
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'no answer',
    fate: always({ kind: 'no answer' }),
    outlasts: true,
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'a black hole',
    fate: always({ kind: 'never read' }),
    outlasts: true,
    code: temporary,
    message: 'uncertain',
  },
  {
    name: '429 without end',
    fate: always(answer('429 Too Many Requests')),
    code: temporary,
    message: 'not sent',
  },
  {
    name: '429 that asks for an hour',
    fate: always(answer('429 Too Many Requests', '', ['Retry-After: 3600'])),
    code: temporary,
    message: 'not sent',
  },
  {
    name: '503 without end',
    fate: always(answer('503 Service Unavailable')),
    code: temporary,
    message: 'uncertain',
  },
  {
    name: '503 of a hundred megabytes',
    fate: always(hugeAnswer(100, { packed: false, status: '503 Service Unavailable' })),
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'a refusal of the request',
    fate: always(answer('400 Bad Request', '{"errors": [{"code": "invalid", "detail": "no"}]}')),
    code: contract,
    refused: true,
    message: 'not sent',
  },
  {
    name: '5xx, resets and 429 for a while',
    fate: (number) =>
      [
        answer('502 Bad Gateway', '<h1>Bad Gateway</h1>'),
        answer('429 Too Many Requests'),
        { kind: 'reset before' } as const,
        answer('500 Internal Server Error'),
      ][number - 1] ?? { kind: 'pass' },
    code: 0,
    message: 'uncertain',
  },
  {
    name: 'a page instead of data',
    fate: always(answer('200 OK', '<html>Sign in</html>', [], 'text/html; charset=utf-8')),
    code: temporary,
    message: 'uncertain',
  },
  // What the answer contains counts, not the type that it announces.
  {
    name: 'data announced as a page',
    fate: always({ kind: 'announced as', type: 'text/html' }),
    code: 0,
    message: 'sent',
  },
  {
    name: 'a reset after the whole answer',
    fate: always({ kind: 'reset', after: 'everything' }),
    code: 0,
    message: 'sent',
  },
  {
    name: 'JSON of another shape',
    fate: always(answer('200 OK', '{"hello": ["world"]}\n')),
    code: contract,
    message: 'uncertain',
  },
  {
    name: 'a redirect',
    fate: always(answer('302 Found', '', ['Location: /login'])),
    code: contract,
    message: 'uncertain',
  },
  {
    name: 'no HTTP at all',
    fate: always({ kind: 'say', pieces: () => ['SSH-2.0-OpenSSH_9.6\r\n'] }),
    code: temporary,
    message: 'uncertain',
  },
  {
    name: 'a gigabyte in a small parcel',
    fate: always(hugeAnswer(1024, { packed: true })),
    code: contract,
    message: 'uncertain',
  },
  {
    name: 'a hundred megabytes',
    fate: always(hugeAnswer(100, { packed: false })),
    code: contract,
    message: 'uncertain',
  },
];
