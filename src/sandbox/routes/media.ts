import { isObject } from '../../domain/values/json.ts';
import { problem } from '../errors.ts';
import type { Route } from '../exchange.ts';
import { silentRecording } from '../recording.ts';
import { findItem } from './items.ts';
import { notFound, refuse } from '../reply.ts';
import type { ItemBody } from '../world/story.ts';
import { withMillis } from '../time.ts';
import type { World } from '../world/world.ts';

/** The length of the recording in seconds; undefined when the item has none that is available. */
function recordedSeconds(item: ItemBody | undefined): number | undefined {
  const content = item?.content;
  if (content?.recordingStatus !== 'AVAILABLE') return undefined;
  // Some items give the duration as text.
  return Number(content.recordingDuration);
}

/** Recordings, transcripts and attachments of items. */
export const mediaRoutes: readonly Route<World>[] = [
  {
    method: 'GET',
    pattern: '/api/v1/conversation-items/:itemId/media/recording',
    handle: (world, _request, { itemId = '' }) => {
      const seconds = recordedSeconds(findItem(world, itemId));
      if (seconds === undefined) return notFound;
      return { status: 200, headers: { 'Content-Type': 'audio/mpeg' }, body: silentRecording(seconds) };
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/conversation-items/:itemId/voice-transcript',
    handle: (world, _request, { itemId = '' }) => {
      const item = findItem(world, itemId);
      const seconds = recordedSeconds(item);
      if (item === undefined || seconds === undefined) return notFound;
      const isCall = item.content?.type === 'PHONE_CALL';
      const made = withMillis(Date.parse(item.timestamp));
      const half = Math.round(seconds * 50) / 100;
      return {
        status: 200,
        json: {
          paragraphs: [
            {
              transcript: 'Hello, it is about my order.',
              speaker: 0,
              startTime: 0.4,
              endTime: half,
            },
            ...(isCall
              ? [
                  {
                    transcript: 'Thank you for calling Halden and Rook. How can I help?',
                    speaker: 1,
                    startTime: half,
                    endTime: seconds,
                  },
                ]
              : []),
          ],
          customerId: item.customerId,
          numberOfSpeakers: isCall ? 2 : 1,
          language: 'en',
          createdAt: made,
          updatedAt: made,
        },
      };
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/conversation-items/:itemId/attachments/:attachmentId',
    handle: (world, request, { itemId = '', attachmentId = '' }) => {
      const item = findItem(world, itemId);
      if (item === undefined) return notFound;
      const attachments = item.content?.attachments;
      if (!Array.isArray(attachments))
        return refuse(400, problem('invalid', 'conversation item content does not contain attachments'));
      if (!attachments.some((one) => isObject(one) && one.id === attachmentId)) return notFound;
      const host = request.headers.host ?? 'localhost';
      return {
        status: 303,
        headers: { Location: `http://${host}/_sandbox/attachments/${encodeURIComponent(attachmentId)}` },
      };
    },
  },
];
