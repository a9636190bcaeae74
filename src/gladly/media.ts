import type { Failure } from '../failure.ts';
import { Problem, failureAbout, plain } from './errors.ts';
import type { Asked } from './errors.ts';
import { apiPath } from './path.ts';
import { problemOf } from './requests.ts';
import type { Call, Requests } from './requests.ts';
import type { Answer } from './transport.ts';

export interface Recording {
  contentType: string | null;
  /** To be read once and soon; leaving it unread ends the connection after the time-out. */
  bytes: AsyncIterable<Uint8Array>;
}

/** The recording of a call or voicemail as a stream; null when there is none. What fails half-way is thrown. */
export async function downloadRecording(
  requests: Requests,
  itemId: string,
  options: { maxBytes: number },
): Promise<Recording | null> {
  const call: Call = {
    operation: 'getMedia',
    about: { noun: 'item', id: itemId },
    method: 'GET',
    path: apiPath`/conversation-items/${itemId}/media/recording`,
    accept: 'audio/*, application/json;q=0.9',
    time: { firstMs: requests.timeoutMs, idleMs: requests.timeoutMs },
  };
  const asked = requests.asked(call);
  const answer = await requests.ask<Answer | null>(
    call,
    (found) => Promise.resolve(found),
    ({ refusal }) => (refusal?.status === 404 ? null : undefined),
  );
  if (answer === null) return null;
  if (Number(answer.header('content-length')) > options.maxBytes) {
    await answer.drain();
    throw tooLarge(asked, options.maxBytes);
  }
  return {
    contentType: answer.header('content-type'),
    bytes: bounded(answer.chunks(), options.maxBytes, asked),
  };
}

async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  asked: Asked,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge(asked, maxBytes);
      yield chunk;
    }
  } catch (error) {
    const problem = problemOf(asked, error);
    throw problem instanceof Problem ? problem.failure : problem;
  }
}

function tooLarge(asked: Asked, maxBytes: number): Failure {
  const message = `The recording of item ${plain(asked.id ?? '', 80)} is larger than ${maxBytes} bytes`;
  const hint = 'Fetch it in Gladly, or allow larger recordings.';
  return failureAbout(asked, 'contract', 'recording_too_large', message, hint);
}
