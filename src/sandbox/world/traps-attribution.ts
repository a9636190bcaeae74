import { sidekick } from './narrator.ts';
import type { Stage } from './stage.ts';

/** The responder is not who it seems to be. */
export function setAttributionTraps(stage: Stage): void {
  const { setting, anchor } = stage;
  const { directory } = setting;
  const apiUser = { id: directory.apiUserId, type: 'API' } as const;

  {
    const scene = stage.scene(
      'three_agents',
      'Owner, closer and last responder are three different agents; a note and an AI reply follow the response.',
      { channel: 'chat', hoursAgo: 3 },
    );
    const { narrator, at, customer, owner, helper, closer } = scene;
    scene.askAndAnswer();
    narrator.message(at(20), customer, 'Thanks. Can it be left with a neighbor?');
    narrator.message(at(25), helper, 'Yes, I have told the carrier: number 9, next door.');
    narrator.note(at(31), closer, 'Carrier confirms the neighbor.');
    narrator.message(at(33), sidekick, 'Is there anything else I can help you with?');
    narrator.topic(at(34), owner, { add: directory.topicNamed('Change of address') });
    narrator.close(anchor - 20 * 60_000, closer);
  }
  {
    const { narrator, at, customer, closer, askAndAnswer } = stage.scene(
      'reopened',
      'Closed, then the customer wrote again: OPEN without closedAt.',
    );
    askAndAnswer();
    narrator.close(at(60), closer);
    narrator.reopen(at(200), customer);
    narrator.message(at(200), customer, 'It still has not arrived.');
  }
  {
    const { narrator, at, customer, owner, helper, closer, askAndAnswer } = stage.scene(
      'closed_twice',
      'Closed, reopened by the customer, answered by another agent and closed again.',
    );
    askAndAnswer();
    narrator.close(at(60), owner);
    narrator.reopen(at(180), customer);
    narrator.message(at(180), customer, 'One more thing: which carrier is it?');
    narrator.message(at(190), helper, 'It is the blue one.');
    narrator.close(at(240), closer);
  }
  {
    const first = stage.scene(
      'same_customer_same_day',
      "The first of a customer's two closings within a day.",
    );
    first.askAndAnswer();
    first.narrator.close(first.at(30), first.owner);
    const second = stage.scene('same_customer_same_day', "The same customer's second closing within a day.", {
      channel: 'chat',
      customer: first.profile,
      hoursAgo: 12,
    });
    second.askAndAnswer();
    second.narrator.close(second.at(45), second.owner);
  }
  {
    const { narrator, at, owner, helper, closer, askAndAnswer } = stage.scene(
      'transferred',
      'Transferred twice, the second time to another inbox; the last assignee never wrote.',
      { channel: 'chat' },
    );
    askAndAnswer();
    narrator.assign(at(15), owner, { agentId: helper.id }, 'MANUAL');
    narrator.message(at(18), helper, 'I am taking over from my colleague: a new parcel leaves tonight.');
    narrator.assign(
      at(25),
      helper,
      { agentId: closer.id, inboxId: directory.inboxes[4]?.id ?? '' },
      'MANUAL',
    );
    narrator.close(at(40), closer);
  }
  {
    const { narrator, at, customer } = stage.scene('ai_only', 'Only Gladly AI replied.', {
      channel: 'chat',
    });
    narrator.open(at(0), customer, directory.inboxes[0]?.id ?? '');
    narrator.message(at(0), customer, 'Where do I find the size chart?');
    narrator.message(at(1), sidekick, 'It is linked under every product. Here is the one for boots.');
    narrator.topic(at(2), sidekick, { add: directory.topicNamed('Sizing') });
    narrator.close(at(5), sidekick);
  }
  {
    const { narrator, at, closer, askAndAnswer } = stage.scene(
      'api_reply',
      'The last reply came over the API, after the agent.',
    );
    askAndAnswer();
    narrator.message(at(30), apiUser, 'Your replacement has been booked automatically.');
    narrator.close(at(50), closer);
  }
  {
    const { narrator, at, customer } = stage.scene(
      'api_only',
      'Only the API replied, which assigned the conversation to the API user.',
    );
    narrator.open(at(0), customer, directory.inboxes[3]?.id ?? '');
    narrator.message(at(0), customer, 'Please send me the invoice again.');
    narrator.message(at(3), apiUser, 'Here it is. This message was written by a program.');
    narrator.topic(at(4), apiUser, { add: directory.topicNamed('Invoice copy') });
    narrator.close(at(5), apiUser);
  }
  {
    const { narrator, at, closer, askAndAnswer } = stage.scene(
      'automation_reply',
      'An automation wrote last, after the agent.',
      { channel: 'sms' },
    );
    askAndAnswer();
    narrator.message(
      at(30),
      { id: 'away-message', type: 'AUTOMATION' },
      'We are closed until 8 in the morning.',
    );
    narrator.close(at(50), closer);
  }
  {
    const { narrator, at, helper, closer, askAndAnswer } = stage.scene(
      'internal_after_response',
      'Notes, topic changes and the closing by other agents follow the last response.',
    );
    askAndAnswer();
    narrator.note(at(20), helper, 'Please keep an eye on this one.');
    narrator.topic(at(21), closer, { add: directory.topicNamed('Missing item') });
    narrator.topic(at(22), helper, { remove: directory.topicNamed('Missing item') });
    narrator.note(at(23), closer, 'Nothing left to do.');
    narrator.close(at(24), closer);
  }
  {
    const { narrator, at, customer, owner, place } = stage.scene(
      'third_party_repliers',
      'After the agent, two third parties replied by email: an internal and an external one.',
    );
    narrator.open(at(0), customer, directory.inboxes[2]?.id ?? '');
    narrator.message(at(0), customer, 'Can the workshop tell me what a new pole costs?');
    narrator.message(at(15), owner, 'I am asking them.');
    narrator.message(
      at(60),
      { id: 'workshop-internal', type: 'INTERNAL' },
      'About twenty, says the workshop.',
      place,
    );
    narrator.message(at(90), { id: 'supplier-external', type: 'EXTERNAL' }, 'We deliver on Monday.', place);
    narrator.topic(at(91), owner, { add: directory.topicNamed('Tent poles') });
    narrator.close(at(95), owner);
  }
}
