import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { unhurried } from './ask.ts';
import { asking, noon } from './asking.ts';

let sandbox: RunningSandbox;
const { conforming, errorsOf, itemsOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 300, limits: unhurried });
});
afterAll(() => sandbox.close());

describe('media', () => {
  test('a recording has the length of the call at 32 kbit/s', async () => {
    const [item] = (await itemsOf('call_inbound_answered')).filter(({ content }) => content.recordingUrl);
    const answer = await conforming({ path: item.content.recordingUrl });
    expect(answer.responseHeaders['content-type']).toBe('audio/mpeg');
    expect(answer.responseBody.length).toBe(item.content.recordingDuration * 4000);
    expect(answer.responseBody.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xf3]));
    const transcript = await conforming({ path: `/api/v1/conversation-items/${item.id}/voice-transcript` });
    expect(transcript.json().paragraphs).toHaveLength(2);
  });

  test.each(['recording_deleted', 'recording_error', 'three_agents'])('%s has none', async (name) => {
    for (const { id } of await itemsOf(name)) {
      const path = `/api/v1/conversation-items/${id}`;
      expect((await conforming({ path: `${path}/media/recording` })).status).toBe(404);
      expect((await conforming({ path: `${path}/voice-transcript` })).status).toBe(404);
    }
  });

  test('an attachment is elsewhere', async () => {
    const [plain] = await itemsOf('three_agents');
    const path = `/api/v1/conversation-items/${plain.id}/attachments/x`;
    expect(await errorsOf({ path })).toEqual([{ code: 'invalid' }]);
    expect((await conforming({ path: '/api/v1/conversation-items/x/attachments/x' })).status).toBe(404);
    const item = (await itemsOf('attachment')).find(({ content }) => content.attachments !== undefined);
    const [attachment] = item.content.attachments;
    const found = await conforming({
      path: `/api/v1/conversation-items/${item.id}/attachments/${attachment.id}`,
    });
    expect(found.status).toBe(303);
    const file = await fetch(String(found.responseHeaders.location));
    expect(file.headers.get('content-type')).toBe('image/png');
    expect((await file.arrayBuffer()).byteLength).toBe(attachment.fileSize);
    const other = await conforming({ path: `/api/v1/conversation-items/${item.id}/attachments/x` });
    expect(other.status).toBe(404);
  });
});
