import type { Closing } from '../../domain/closing/closing.ts';
import { transitions, type Transition } from '../../domain/closing/transitions.ts';
import { Failure } from '../../failure.ts';

/** The closing is in a state that the transition does not leave from. */
export function closingChanged(closing: Pick<Closing, 'id' | 'state'>, transition: Transition): Failure {
  const { from, to } = transitions[transition];
  return new Failure(
    'ledger',
    'closing_changed',
    `The closing ${closing.id} is ${closing.state}; only ${from.join(' or ')} can become ${to}.`,
    {
      hint: 'Look at it with `gcsat surveys show`: another run, a person, or the customer changed it first.',
      scope: 'contention',
    },
  );
}

/** Nothing that arrives later, and no request, may bring back data of a forgotten customer. */
export function closingForgotten({ id }: Pick<Closing, 'id'>): Failure {
  return new Failure('not_found', 'closing_forgotten', `The customer of the closing ${id} was forgotten.`, {
    hint: 'It stays as it is. A conversation that closes again is a new closing.',
    scope: 'contention',
  });
}
