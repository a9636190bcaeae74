import { rules } from './narrator.ts';
import type { Scene, Stage } from './stage.ts';

/** Calls and voicemails, answered or not, recorded or not. */
export function setCallTraps(stage: Stage): void {
  const { directory } = stage.setting;

  const inbound = (scene: Scene, minutes: number, answered: boolean, recording?: 'AVAILABLE'): string =>
    scene.narrator.call({
      direction: 'inbound',
      agentId: scene.owner.id,
      startedAt: scene.at(minutes),
      answeredAt: answered ? scene.at(minutes + 0.2) : null,
      completedAt: scene.at(minutes + (answered ? 6 : 0.5)),
      ...(recording === undefined ? {} : { recording }),
    });
  const tell = (name: string, what: string, story: (scene: Scene) => void, deviates = false): void => {
    const scene = stage.scene(name, what, { channel: 'voice', deviates });
    scene.narrator.open(scene.at(0), scene.customer, directory.inboxes[0]?.id ?? '');
    story(scene);
    scene.narrator.topic(scene.at(60), scene.helper, { add: directory.topicNamed('Where is my order') });
    scene.narrator.close(scene.at(61), scene.closer);
  };

  tell('call_inbound_answered', 'The customer called and an agent answered.', (scene) => {
    inbound(scene, 0, true, 'AVAILABLE');
  });
  tell('call_inbound_unanswered', 'The customer called and no agent answered.', (scene) => {
    inbound(scene, 0, false);
  });
  for (const answered of [true, false]) {
    const name = answered ? 'call_outbound_answered' : 'call_outbound_unanswered';
    const what = answered
      ? 'An agent called back and the customer answered.'
      : 'An agent called back, but the customer did not pick up.';
    tell(name, what, (scene) => {
      scene.narrator.message(scene.at(0), scene.customer, 'Please call me back.');
      scene.narrator.call({
        direction: 'outbound',
        agentId: scene.helper.id,
        startedAt: scene.at(20),
        answeredAt: answered ? scene.at(20.3) : null,
        completedAt: scene.at(answered ? 25 : 21),
        ...(answered ? { recording: 'AVAILABLE' as const } : {}),
      });
    });
  }
  tell('call_transferred', 'A call was transferred to another agent, who finished it.', (scene) => {
    inbound(scene, 0, true, 'AVAILABLE');
    const { narrator, at, owner, helper } = scene;
    narrator.assign(at(6), owner, { agentId: helper.id }, 'PHONE_CALL_TRANSFER');
    narrator.call({
      direction: 'inbound',
      agentId: helper.id,
      startedAt: at(6),
      answeredAt: at(6.5),
      completedAt: at(14),
      recording: 'AVAILABLE',
    });
  });
  tell('call_outlasts_message', 'A text was sent during a call that ended later.', (scene) => {
    const { narrator, at, owner, helper } = scene;
    narrator.assign(at(0), rules, { agentId: owner.id }, 'AUTOMATED_ASSIGNMENT');
    narrator.message(at(2), helper, 'Here is the link that my colleague promised on the phone.');
    narrator.call({
      direction: 'inbound',
      agentId: owner.id,
      startedAt: at(0),
      answeredAt: at(0.5),
      completedAt: at(9),
      recording: 'AVAILABLE',
    });
  });
  tell('voicemail', 'A missed call and a voicemail; no agent called back.', (scene) => {
    inbound(scene, 0, false);
    scene.narrator.voicemail(scene.at(1), 42, 'AVAILABLE');
  });
  for (const status of ['DELETED', 'ERROR'] as const) {
    tell(`recording_${status.toLowerCase()}`, `The recording of the call is ${status}.`, (scene) => {
      const { narrator, at, owner } = scene;
      narrator.call({
        direction: 'inbound',
        agentId: owner.id,
        startedAt: at(0),
        answeredAt: at(0.2),
        completedAt: at(4),
        recording: status,
      });
    });
  }
  tell(
    'recording_duration_text',
    'The duration of the recording is text, as in one official example.',
    (scene) => {
      const id = inbound(scene, 0, true, 'AVAILABLE');
      const content = scene.story.items.find(({ body }) => body.id === id)?.body.content;
      if (content !== undefined && content !== null)
        content.recordingDuration = String(content.recordingDuration);
    },
    true,
  );
  tell('voice_ai', 'A voice AI spoke with the caller before an agent did.', (scene) => {
    const { narrator, at, place } = scene;
    for (const [minutes, body] of [
      [0, 'Thanks for calling Halden and Rook. How can I help you today?'],
      [0.5, 'I am connecting you with a person.'],
    ] as const) {
      narrator.item(at(minutes), {
        sessionId: place.sessionId,
        initiator: { id: 'SIDEKICK_V2', type: 'SYSTEM' },
        content: {
          type: 'VOICE_AI_MESSAGE',
          customerNumber: place.customerPhone,
          companyNumber: '+18005550142',
          body,
          status: 'PLAYED',
        },
      });
    }
    inbound(scene, 1, true, 'AVAILABLE');
  });
}
