import { agentOf, rules } from './narrator.ts';
import type { Stage } from './stage.ts';
import { withoutZeros } from '../time.ts';

/** How the conversation ended, or in which order things happened, is not what it seems. */
export function setEndingTraps(stage: Stage): void {
  const { setting, anchor } = stage;
  const { directory } = setting;

  {
    const { narrator, at, owner, helper, askAndAnswer } = stage.scene(
      'response_after_closing',
      'Another agent wrote after the closing; that response does not count.',
    );
    askAndAnswer();
    narrator.close(at(60), owner);
    narrator.item(at(75), {
      initiator: helper,
      content: { type: 'CONVERSATION_NOTE', body: 'Sent the care leaflet afterwards.' },
    });
    narrator.item(at(80), {
      initiator: helper,
      content: {
        type: 'EMAIL',
        from: 'care@haldenrook.example.com',
        to: ['customer@example.com'],
        subject: 'Care leaflet',
        content: 'Here is the leaflet that my colleague promised.',
      },
    });
  }
  {
    const { narrator, at, askAndAnswer } = stage.scene('auto_closed', 'Closed by a rule, not by a person.');
    askAndAnswer();
    narrator.close(at(600), rules);
  }
  {
    const { narrator, at, owner } = stage.scene('outbound_only', 'The customer never wrote or called.');
    narrator.open(at(0), owner, directory.inboxes[0]?.id ?? '');
    narrator.message(at(0), owner, 'Your order ships a day later than planned; nothing for you to do.');
    narrator.topic(at(1), owner, { add: directory.topicNamed('Where is my order') });
    narrator.close(at(2), owner);
  }
  {
    const { askAndAnswer } = stage.scene('not_closed', 'Still waiting for the customer.');
    askAndAnswer();
  }
  {
    const { narrator, at, customer, owner } = stage.scene(
      'unassigned',
      'Closed while no agent was assigned.',
    );
    narrator.open(at(0), customer, directory.inboxes[5]?.id ?? '');
    narrator.message(at(0), customer, 'Never mind, found it myself.');
    narrator.topic(at(5), owner, { add: directory.topicNamed('Orders') });
    narrator.close(at(6), owner);
  }
  {
    const { narrator, at, helper, closer, askAndAnswer } = stage.scene(
      'equal_times',
      'Two agents responded at the same moment; the later item in the list is the last response.',
      { channel: 'chat' },
    );
    askAndAnswer();
    narrator.message(at(30), closer, 'It is at the door.');
    narrator.message(at(30), helper, 'It has just been delivered.');
    narrator.close(at(30), closer);
  }
  for (const [name, agent, what] of [
    [
      'deactivated_agent',
      directory.deactivatedAgents[0],
      'The last responder is no longer listed, but is found by id.',
    ],
    ['deleted_agent', directory.deletedAgent, 'The last responder is neither listed nor found by id.'],
  ] as const) {
    const { narrator, at, closer, askAndAnswer } = stage.scene(name, what);
    askAndAnswer();
    if (agent !== undefined) narrator.message(at(30), agentOf(agent.id), 'I can confirm that it is sent.');
    narrator.close(at(50), closer);
  }
  {
    const scene = stage.scene(
      'truncated',
      'More than 1000 items: the timeline shows the oldest 1000, and the last response comes after them.',
      { channel: 'chat', hoursAgo: 26 },
    );
    const { narrator, at, customer, owner, helper, closer } = scene;
    scene.askAndAnswer();
    for (let turn = 0; turn < 580; turn += 1) {
      narrator.message(at(12 + turn), customer, `And size ${30 + (turn % 20)}?`);
      narrator.message(at(12.5 + turn), owner, 'That one is in stock as well.');
    }
    narrator.message(anchor - 45 * 60_000, helper, 'Let me send you the whole list instead.');
    narrator.close(anchor - 40 * 60_000, closer);
  }
  {
    const { narrator, story, at, owner, helper, closer, askAndAnswer } = stage.scene(
      'fractions_of_seconds',
      'Times with zero to nine digits after the second; nanoseconds decide which response is the last.',
      { channel: 'chat' },
    );
    askAndAnswer();
    for (let digits = 0; digits <= 9; digits += 1) {
      const by = digits === 9 ? helper : owner;
      const id = narrator.message(at(20), by, `Part ${digits + 1} of ten.`);
      const item = story.items.find(({ body }) => body.id === id);
      const second = withoutZeros(at(20)).replace(/(\.\d+)?Z$/, '');
      const fraction = '999999999'.slice(0, digits);
      if (item !== undefined) item.body.timestamp = `${second}${digits === 0 ? '' : `.${fraction}`}Z`;
    }
    narrator.close(at(40), closer);
  }
}
