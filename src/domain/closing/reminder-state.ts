/**
 * What became of the one reminder of a survey. `leaving`: it may have left already. `left_out`: it is not to be sent, as its
 * reasons say. `failed`: it certainly did not leave, and is not tried again by itself.
 */
export const reminderStates = ['due', 'leaving', 'sent', 'uncertain', 'failed', 'left_out'] as const;

export type ReminderState = (typeof reminderStates)[number];
