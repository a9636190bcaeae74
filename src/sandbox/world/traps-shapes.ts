import type { Scene, Stage } from './stage.ts';
import type { StoryItem } from './story.ts';

/** Items of unusual shape. Most of them occur in real data, but not in the contract's schema. */
export function setShapeTraps(stage: Stage): void {
  const { directory } = stage.setting;

  const last = ({ story }: Scene): StoryItem => {
    const item = story.items.at(-1);
    if (item === undefined) throw new RangeError('nothing has happened yet');
    return item;
  };
  const tell = (
    name: string,
    what: string,
    channel: 'chat' | 'custom',
    story: (scene: Scene) => void,
  ): void => {
    const scene = stage.scene(name, what, { channel, deviates: true });
    scene.askAndAnswer();
    story(scene);
    scene.narrator.close(scene.at(60), scene.closer);
  };

  tell(
    'custom_channel',
    'A custom channel, which the contract leaves out.',
    'custom',
    ({ narrator, at, helper }) => {
      narrator.message(at(20), helper, 'Your order has left our warehouse.');
    },
  );
  tell('failed_delivery', "An agent's last message on a custom channel FAILED.", 'custom', (scene) => {
    scene.narrator.message(scene.at(20), scene.helper, 'This never arrived.');
    const item = last(scene);
    item.body.content = { ...item.body.content, status: { value: 'FAILED', details: 'address unknown' } };
    scene.story.responses.pop();
  });
  tell(
    'unknown_item_type',
    'An item type that is not in the contract.',
    'chat',
    ({ narrator, at, helper }) => {
      narrator.item(at(20), {
        initiator: helper,
        content: { type: 'RICH_CARD', cards: [{ title: 'Trail tent', price: 219 }] },
      });
    },
  );
  tell('null_fields', 'Fields that are null instead of absent.', 'chat', (scene) => {
    const { narrator, at, helper } = scene;
    narrator.message(at(20), helper, 'All done.');
    Object.assign(last(scene).body, { responder: null, sessionId: null });
    narrator.item(at(25), { initiator: null, content: { type: 'CONVERSATION_NOTE', body: null } });
    narrator.item(at(26), { initiator: helper, content: null });
  });
  {
    const scene = stage.scene('no_initiator', 'A message without an initiator follows the last response.', {
      channel: 'chat',
    });
    scene.askAndAnswer();
    scene.narrator.item(scene.at(20), { content: { type: 'WHATSAPP', content: 'Who wrote this?' } });
    scene.narrator.close(scene.at(60), scene.closer);
  }
  tell(
    'no_message_type',
    'Chat messages without messageType, as in the official examples.',
    'chat',
    ({ story }) => {
      for (const { body } of story.items) delete body.content?.messageType;
    },
  );
  {
    const scene = stage.scene('twitter', 'An item from a discontinued channel.', { channel: 'chat' });
    scene.askAndAnswer();
    scene.narrator.item(scene.at(20), {
      initiator: scene.helper,
      content: { type: 'TWITTER', content: 'Thank you for your patience!' },
    });
    scene.story.responses.push({ at: scene.at(20), agentId: scene.helper.id, itemId: last(scene).body.id });
    scene.narrator.topic(scene.at(21), scene.owner, { add: directory.topicNamed('Exchange') });
    scene.narrator.close(scene.at(60), scene.closer);
  }
  {
    const scene = stage.scene('attachment', 'The customer attached a picture.');
    scene.askAndAnswer();
    const id = scene.narrator.message(scene.at(20), scene.customer, 'See the picture.');
    const content = scene.story.items.find(({ body }) => body.id === id)?.body.content;
    const picture = { id: scene.story.nextId('created'), filename: 'damage.png', contentType: 'image/png' };
    Object.assign(content ?? {}, { attachments: [{ ...picture, fileSize: 70 }] });
    scene.narrator.message(scene.at(30), scene.owner, 'Thank you, that is all we need.');
    scene.narrator.close(scene.at(60), scene.closer);
  }
}
