import type { Failure } from '../../failure.ts';
import { Problem, failureAbout, plain } from '../http/errors.ts';
import type { Asked } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import { problemOf } from '../http/requests.ts';
import type { Call, Requests } from '../http/requests.ts';
import type { Answer } from '../http/transport.ts';

export interface Recording {
  /** Such as `audio/mpeg`, without parameters and in lower case. */
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
  const contentType = mediaTypeOf(answer.header('content-type'));
  if (!mayBeSound(contentType)) {
    await answer.drain();
    throw noRecording(asked, contentType);
  }
  return {
    contentType,
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

function mediaTypeOf(contentType: string | null): string | null {
  const [type = ''] = contentType?.split(';', 1) ?? [];
  return type.trim() === '' ? null : type.trim().toLowerCase();
}

/** Anything else, such as the page of a login, stands in the place of a recording. */
function mayBeSound(mediaType: string | null): boolean {
  return mediaType === null || mediaType.startsWith('audio/') || mediaType === 'application/octet-stream';
}

function noRecording(asked: Asked, mediaType: string | null): Failure {
  const message = `In the place of the recording of item ${plain(asked.id ?? '', 80)} is ${plain(mediaType ?? '', 80)}`;
  const hint = 'Look at the item in Gladly, and at what stands between here and Gladly.';
  return failureAbout(asked, 'contract', 'recording_unreadable', message, hint);
}

function tooLarge(asked: Asked, maxBytes: number): Failure {
  const message = `The recording of item ${plain(asked.id ?? '', 80)} is larger than ${maxBytes} bytes`;
  const hint = 'Fetch it in Gladly, or allow larger recordings.';
  return failureAbout(asked, 'contract', 'recording_too_large', message, hint);
}
