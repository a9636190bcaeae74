/**
 * The life of a closing, as data. A closing is one row of the ledger; nothing but these transitions changes its
 * state. `sending` is entered right before a message leaves and is never left by repeating the message, except
 * by a person (`retry`) or for a delivery that is safe to repeat (`resume`).
 */
export const closingStates = [
  'pending',
  'scheduled',
  'sending',
  'sent',
  'uncertain',
  'suppressed',
  'failed',
  'answered',
] as const;

export type ClosingState = (typeof closingStates)[number];

export const transitions = {
  /** The decision is to send, now or at a later time: the address is reserved. */
  schedule: { from: ['pending', 'scheduled'], to: 'scheduled' },
  /** The decision is not to send; also a newer closing of the same address, a reopening, or a person's cancel. */
  suppress: { from: ['pending', 'scheduled', 'failed'], to: 'suppressed' },
  /** The message is about to leave. */
  leave: { from: ['scheduled'], to: 'sending' },
  /** The other side took the message. */
  confirm: { from: ['sending', 'uncertain'], to: 'sent' },
  /** Nobody knows whether the message left. */
  doubt: { from: ['sending'], to: 'uncertain' },
  /** The message certainly did not leave (it may not even have begun to) and may be tried again. */
  resume: { from: ['sending', 'scheduled'], to: 'scheduled' },
  /** This try failed and nothing left. */
  fail: { from: ['pending', 'scheduled', 'sending'], to: 'failed' },
  /** A person, or the queue after its back-off, has the closing decided again. */
  retry: { from: ['failed', 'suppressed', 'uncertain'], to: 'pending' },
  /** A trial delivery (outbox) never blocks a real one, whatever became of it. */
  supersede_trial: {
    from: ['pending', 'scheduled', 'sending', 'sent', 'uncertain', 'suppressed', 'failed', 'answered'],
    to: 'pending',
  },
  /** The customer answered; an answer also proves that the message arrived. */
  answer: { from: ['sent', 'uncertain', 'sending', 'answered'], to: 'answered' },
  /** The customer answered a message that was in doubt, though a person has had the closing decided again since. */
  answer_earlier: { from: ['pending', 'scheduled', 'failed', 'suppressed'], to: 'answered' },
  /** A person recorded what the customer said, and no message of ours had asked: nobody needs to be asked any more. */
  answer_unasked: { from: ['pending', 'scheduled', 'failed', 'suppressed'], to: 'answered' },
} as const satisfies Record<string, { from: readonly ClosingState[]; to: ClosingState }>;

export type Transition = keyof typeof transitions;

/** States in which a survey of this closing exists, or may exist: it is never made a second time. */
export const surveyedStates = [
  'sending',
  'sent',
  'uncertain',
  'answered',
] as const satisfies readonly ClosingState[];

/** States that hold the customer's address for the suppression period. */
export const reservingStates = ['scheduled', ...surveyedStates] as const satisfies readonly ClosingState[];

export function allows(transition: Transition, from: ClosingState): boolean {
  return (transitions[transition].from as readonly ClosingState[]).includes(from);
}
