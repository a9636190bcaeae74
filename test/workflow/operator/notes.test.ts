import { expect, test } from 'vitest';
import { noteSurvey } from '../../../src/workflow/operator/notes.ts';
import { showSurvey } from '../../../src/workflow/operator/surveys.ts';
import { noteView } from '../../../src/terminal/note-view.ts';
import { surveyStoryView } from '../../../src/terminal/story-view.ts';
import { surveysView } from '../../../src/terminal/surveys-view.ts';
import { at, freshLedger, leaving, reported } from '../../store/support.ts';
import { screen } from '../../terminal/screen.ts';

test('a note belongs to the one closing that an id means, and is shown without what a terminal obeys', async () => {
  const ledger = await freshLedger();
  const { id, surveyId } = await leaving(ledger, 'c1');
  const text = 'called\u001B[2J back\u202E';
  const noted = await noteSurvey(ledger, surveyId!, { at: at(50), text, done: false });
  expect(noted).toMatchObject({ closingId: id, notes: [{ at: at(50), text, done: false }] });
  await noteSurvey(ledger, 'c1', { at: at(60), text: 'refunded', done: true });
  const story = await showSurvey(ledger, id, at(70));
  expect(story.notes.map(({ text: said, done }) => [said, done])).toEqual([
    [text, false],
    ['refunded', true],
  ]);
  const shown = [
    surveyStoryView(story, screen({ columns: 100 })),
    surveysView([{ ...story, notes: noted.notes }], screen({ columns: 200 })),
    noteView({ ...noted, dryRun: false }),
  ];
  for (const view of shown) {
    expect(view).toContain('called back');
    expect(view).not.toMatch(/\u001B|\u202E/u);
  }
  expect(shown[0]).toContain('refunded (done)');
});

test('an id that means nothing, or several closings, is refused', async () => {
  const ledger = await freshLedger();
  const note = { at: at(50), text: 'called', done: true };
  await expect(noteSurvey(ledger, 'nowhere', note)).rejects.toMatchObject({
    kind: 'not_found',
    code: 'survey_not_found',
  });
  await reported(ledger, 'c1', 0);
  await reported(ledger, 'c1', 900);
  await expect(noteSurvey(ledger, 'c1', note)).rejects.toMatchObject({ code: 'closing_ambiguous' });
});
