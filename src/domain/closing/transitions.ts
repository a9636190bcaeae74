/**
 * The life of a closing, as data: nothing but these transitions changes its state. A closing is `sending` from right
 * before its message leaves. After that the message is never repeated, except on a person's word that it did not leave
 * (`resend`) or if a repeat does no harm (`resume`).
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
  /** The verdict is to send, now or later. The address is reserved. */
  schedule: { from: ['pending', 'scheduled'], to: 'scheduled' },
  /** The verdict is not to send; or a newer closing of the address, a reopening or a person ends it. */
  suppress: { from: ['pending', 'scheduled', 'failed'], to: 'suppressed' },
  /** The message is about to leave. */
  leave: { from: ['scheduled'], to: 'sending' },
  /** The other side accepted the message. */
  confirm: { from: ['sending', 'uncertain'], to: 'sent' },
  /** Nobody knows whether the message left. */
  doubt: { from: ['sending'], to: 'uncertain' },
  /** The message certainly did not leave and will be tried again. */
  resume: { from: ['sending', 'scheduled'], to: 'scheduled' },
  /** This try failed and nothing left. */
  fail: { from: ['pending', 'scheduled', 'sending'], to: 'failed' },
  /** A person, or the queue after its back-off, has the closing decided again. */
  retry: { from: ['failed', 'suppressed'], to: 'pending' },
  /** A person has looked and says that the message did not leave: it is decided and sent again. */
  resend: { from: ['uncertain'], to: 'pending' },
  /** The customer answered; an answer also proves that the message arrived. */
  answer: { from: ['sent', 'uncertain', 'sending', 'answered'], to: 'answered' },
  /** The customer answered an earlier message, although the closing has been decided again since. */
  answer_earlier: { from: ['pending', 'scheduled', 'failed', 'suppressed'], to: 'answered' },
  /** A person recorded an answer that no message of ours asked for. No survey is needed anymore. */
  answer_unasked: { from: ['pending', 'scheduled', 'failed', 'suppressed'], to: 'answered' },
} as const satisfies Record<string, { from: readonly ClosingState[]; to: ClosingState }>;

export type Transition = keyof typeof transitions;

/** States in which this closing has a survey, or may have one: it never gets a second. */
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

export function isSurveyed(state: ClosingState): boolean {
  return (surveyedStates as readonly ClosingState[]).includes(state);
}

export function isReserving(state: ClosingState): boolean {
  return (reservingStates as readonly ClosingState[]).includes(state);
}

/** A pending or scheduled closing waits for the queue; a failed one only if it will be tried again. */
export function isQueued(state: ClosingState, dueAt: string | null): boolean {
  return state === 'pending' || state === 'scheduled' || (state === 'failed' && dueAt !== null);
}
