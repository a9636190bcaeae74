import type {
  Answer,
  Card,
  CardFailure,
  HistoryEntry,
  Message,
  Note,
  VisitCount,
} from '../../domain/survey/records.ts';
import type { Alert } from '../../domain/survey/alert.ts';
import type { SurveyForm } from '../../domain/survey/form.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { Reminder } from '../../domain/closing/reminder.ts';
import type { Count } from '../../domain/closing/counting.ts';
import { toAnswer } from '../answers/rows.ts';
import { alertsIn } from '../answers/alerts.ts';
import { cardFailureIn } from '../answers/cards-due.ts';
import { toCard } from '../answers/cards.ts';
import { notesIn } from '../answers/notes.ts';
import { visitsIn } from '../answers/visits.ts';
import { firstFormIn } from '../closings/forms.ts';
import { toMessage } from '../closings/messages.ts';
import { closingIn } from '../closings/rows.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countIn } from '../medallia/counts.ts';
import { reminderIn } from '../queue/reminder-rows.ts';
import { medalliaStatesIn, type MedalliaState } from '../medallia/states.ts';

/** Everything that the ledger knows about one closing, each list oldest first. */
export interface Story {
  closing: Closing;
  history: HistoryEntry[];
  messages: Message[];
  answers: Answer[];
  cards: Card[];
  /** Why the newest answer has no card yet; null when it has one, or was not tried. */
  cardFailure: CardFailure | null;
  /** What its link asks besides the rating. */
  form: SurveyForm | null;
  /** The alerts of its low ratings. */
  alerts: Alert[];
  visits: VisitCount[];
  notes: Note[];
  /** What Agent Connect says about its request; null if that was not read yet, or there was no request. */
  medallia: MedalliaState | null;
  /** Set if nobody was asked but the closing is to count in Agent Connect; else null. */
  count: Count | null;
  reminder: Reminder | null;
}

/** @throws Failure closing_not_found */
export async function story(ledger: Ledger, closingId: string): Promise<Story> {
  return ledger.read(async (db) => {
    const closing = await closingIn(db, closingId);
    const history = await db
      .selectFrom('history')
      .selectAll()
      .where('closing_id', '=', closingId)
      .orderBy('sequence')
      .execute();
    const messages = await db
      .selectFrom('messages')
      .selectAll()
      .where('closing_id', '=', closingId)
      .orderBy('sequence')
      .execute();
    const answers = await db
      .selectFrom('answers')
      .selectAll()
      .where('closing_id', '=', closingId)
      .orderBy('answered_at')
      .orderBy('revision')
      .execute();
    const cards = await db
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
    const { surveyId } = closing;
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
      cardFailure: surveyId === null ? null : await cardFailureIn(db, surveyId),
      form: surveyId === null ? null : ((await firstFormIn(db, surveyId))?.form ?? null),
      alerts: await alertsIn(db, closingId),
      visits: surveyId === null ? [] : await visitsIn(db, surveyId),
      notes: (await notesIn(db, [closingId])).get(closingId) ?? [],
      medallia: (await medalliaStatesIn(db, [closingId])).get(closingId) ?? null,
      count: await countIn(db, closingId),
      reminder: await reminderIn(db, closingId),
    };
  });
}
