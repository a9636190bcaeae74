/**
 * What became of a survey's one reminder. `leaving`: it may have left already. `left_out`: it is not sent; its reasons
 * say why. `failed`: it certainly did not leave, and is not tried again by itself.
 */
export const reminderStates = ['due', 'leaving', 'sent', 'uncertain', 'failed', 'left_out'] as const;

export type ReminderState = (typeof reminderStates)[number];
