import { oneLine } from '../../domain/values/one-line.ts';
import type { Failure } from '../../failure.ts';
import { Problem, failureAbout, problemOf, type Subject } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';
import { streamLimit } from '../../http/time-limit.ts';
import type { Answer } from '../../http/transport.ts';
import { nullAt } from './lookup.ts';

export interface Recording {
  /** E.g. `audio/mpeg`, in lower case and without parameters. */
  contentType: string | null;
  /** Read it once and soon: an unread stream loses its connection after the timeout. */
  bytes: AsyncIterable<Uint8Array>;
}

/** The recording of a call or voicemail as a stream; null when there is none. The stream throws if it fails midway. */
export async function downloadRecording(
  requests: Requests,
  itemId: string,
  { maxBytes }: { maxBytes: number },
): Promise<Recording | null> {
  const call: Call = {
    operation: 'getMedia',
    about: { noun: 'item', id: itemId },
    method: 'GET',
    path: apiPath`/conversation-items/${itemId}/media/recording`,
    accept: 'audio/*, application/json;q=0.9',
    time: streamLimit(requests.timeoutMs, requests.timeoutMs),
  };
  const subject = requests.subject(call);
  const answer = await requests.ask<Answer | null>(call, (found) => Promise.resolve(found), nullAt([404]));
  if (answer === null) return null;
  if (Number(answer.header('content-length')) > maxBytes) {
    await answer.drain();
    throw tooLarge(subject, maxBytes);
  }
  const contentType = mediaTypeOf(answer.header('content-type'));
  if (!mayBeSound(contentType)) {
    await answer.drain();
    throw notSound(subject, contentType);
  }
  return { contentType, bytes: bounded(answer.chunks(), maxBytes, subject) };
}

async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  subject: Subject,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge(subject, maxBytes);
      yield chunk;
    }
  } catch (error) {
    const problem = problemOf(subject, error);
    throw problem instanceof Problem ? problem.failure : problem;
  }
}

function mediaTypeOf(contentType: string | null): string | null {
  const [type = ''] = contentType?.split(';', 1) ?? [];
  return type.trim() === '' ? null : type.trim().toLowerCase();
}

/** Any other type, such as a login page, is not a recording. */
function mayBeSound(mediaType: string | null): boolean {
  return mediaType === null || mediaType.startsWith('audio/') || mediaType === 'application/octet-stream';
}

function notSound(subject: Subject, mediaType: string | null): Failure {
  const message = `The recording of item ${oneLine(subject.id ?? '', 80)} came as ${oneLine(mediaType ?? '', 80)}, which is not audio`;
  const hint = 'Look at the item in Gladly, and at any proxy in between.';
  return failureAbout(subject, 'contract', 'recording_unreadable', message, hint);
}

function tooLarge(subject: Subject, maxBytes: number): Failure {
  const message = `The recording of item ${oneLine(subject.id ?? '', 80)} is larger than ${maxBytes} bytes`;
  const hint = 'Download it in Gladly, or allow larger recordings.';
  return failureAbout(subject, 'contract', 'recording_too_large', message, hint);
}
