import type { ClosingState, Transition } from '../../domain/closing/transitions.ts';
import { toAnswer, type Answer } from '../answers/answers.ts';
import { toCard, type Card } from '../answers/cards.ts';
import { closingIn } from './rows.ts';
import type { Closing } from './closing.ts';
import { toMessage, type Message } from '../queue/messages.ts';
import { within, type Ledger } from '../open.ts';

/** All that the ledger knows of one closing, each list oldest first. */
export interface Story {
  closing: Closing;
  history: {
    at: string;
    transition: Transition;
    from: ClosingState;
    to: ClosingState;
    note: string | null;
  }[];
  messages: Message[];
  answers: Answer[];
  cards: Card[];
}

/** As of one moment. @throws Failure closing_not_found */
export async function story(ledger: Ledger, closingId: string): Promise<Story> {
  return within(ledger, async (trx) => {
    const closing = await closingIn(trx, closingId);
    const history = await trx
      .selectFrom('history')
      .selectAll()
      .where('closing_id', '=', closingId)
      .orderBy('sequence')
      .execute();
    const messages = await trx
      .selectFrom('messages')
      .selectAll()
      .where('closing_id', '=', closingId)
      .orderBy('sequence')
      .execute();
    const answers = await trx
      .selectFrom('answers')
      .selectAll()
      .where('closing_id', '=', closingId)
      .orderBy('answered_at')
      .orderBy('revision')
      .execute();
    const cards = await trx
      .selectFrom('cards')
      .selectAll()
      .where((eb) =>
        eb(
          'survey_id',
          'in',
          eb.selectFrom('answers').select('survey_id').where('closing_id', '=', closingId),
        ),
      )
      .orderBy('revision')
      .execute();
    return {
      closing,
      history: history.map((row) => ({
        at: row.at,
        transition: row.transition,
        from: row.from_state,
        to: row.to_state,
        note: row.note,
      })),
      messages: messages.map(toMessage),
      answers: answers.map(toAnswer),
      cards: cards.map(toCard),
    };
  });
}
