import { expect, test } from 'vitest';
import { surveyIdOf, makeToken } from '../../../src/domain/survey/token.ts';
import { answersOf, visitsOf } from '../../support/ledger.ts';
import { isUnsubscribed } from '../../../src/store/addresses/unsubscribes.ts';
import { brandPagesOf } from '../../../src/server/pages/brand-pages.ts';
import { pageRoutes } from '../../../src/server/pages/pages.ts';
import { createSurveyDesk } from '../../../src/workflow/serving/survey-desk.ts';
import { sampleQuestions, sampleReasons } from '../../support/forms.ts';
import { backfillOf, day, minute, world, type ServicesChanges } from '../../workflow/support.ts';

/** One closing whose survey has left, and the pages that the survey leads to. */
async function surveyed(changes: ServicesChanges = {}) {
  const own = await world();
  const since = own.time.now;
  await own.tell({ customer: { email: 'somebody@example.org' } });
  own.time.now += minute;
  const services = own.services(changes);
  await backfillOf(services, [since, own.time.now]);
  const [closing] = await own.closings();
  const surveyId = surveyIdOf(closing!.id);
  const desk = createSurveyDesk(services, { onAnswer: () => undefined });
  const routes = pageRoutes({
    desk,
    brandPages: brandPagesOf({ color: null, logo: null }),
    language: 'en',
    clock: () => own.time.now,
    countAnswer: () => undefined,
  });
  const key = await services.linkKey();
  return { own, closing, surveyId, desk, routes, key };
}

test('a survey that was sent is opened, answered, changed, final, and ended, as the ledger has it', async () => {
  const { own, closing, surveyId, desk, routes, key } = await surveyed();
  const survey = `/s/${makeToken(key, 'survey', surveyId)}`;
  const leave = `/u/${makeToken(key, 'unsubscribe', surveyId)}`;
  const headers = { 'user-agent': 'Mozilla/5.0 Firefox/150.0' };
  const get = (path: string) => routes.request(path, { headers });
  const post = (path: string, body: string) =>
    routes.request(path, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    });

  const opened = await (await get(`${survey}?rating=4`)).text();
  expect(opened).toContain(closing!.agent!.name!.split(' ')[0]);
  expect(opened).toContain(own.sandbox.organizationName.replace('&', '&amp;'));
  expect(await answersOf(own.ledger, surveyId)).toEqual([]);

  const said = '<i>"slow"</i> \u{1f600}\r\nbut kind';
  expect((await post(survey, new URLSearchParams({ rating: '4', comment: said }).toString())).status).toBe(
    200,
  );
  expect((await post(survey, 'rating=2&resolved=no')).status).toBe(200);
  const answers = [
    { revision: 1, rating: 4, resolved: null, comment: '<i>"slow"</i> \u{1f600}\nbut kind', source: 'page' },
    { revision: 2, rating: 2, resolved: false, comment: null, source: 'page' },
  ];
  expect(await answersOf(own.ledger, surveyId)).toMatchObject(answers);

  own.time.now += 2 * day;
  const late = await post(survey, 'rating=5');
  expect(late.status).toBe(404);
  expect(await late.text()).toBe(await (await get('/s/none')).text());
  expect(await answersOf(own.ledger, surveyId)).toMatchObject(answers);

  expect((await get(leave)).status).toBe(200);
  expect(await isUnsubscribed(own.ledger, 'somebody@example.org')).toBe(false);
  expect((await post(leave, 'List-Unsubscribe=One-Click')).status).toBe(200);
  expect(await isUnsubscribed(own.ledger, 'somebody@example.org')).toBe(true);

  await desk.flush();
  expect(await visitsOf(own.ledger, surveyId)).toMatchObject([{ kind: 'clicked', count: 1 }]);
});

test('a link opens with whatever a text or a mail program puts behind it, and never breaks the server', async () => {
  const { routes, surveyId, key } = await surveyed();
  const tokenOf = (purpose: 'survey' | 'unsubscribe') => makeToken(key, purpose, surveyId);
  const statusOf = async (path: string): Promise<number> => (await routes.request(path)).status;

  for (const [part, token] of [
    ['s', tokenOf('survey')],
    ['u', tokenOf('unsubscribe')],
  ] as const) {
    const endings = [
      ')',
      '.',
      '>',
      '%3E',
      '%253E',
      '&gt;',
      '*',
      '**',
      ').',
      ',',
      '%22',
      '=',
      '=3D',
      '%0A',
      '%E2%80%A6',
      '_',
      '__',
      '%5F',
      '%20Reply%20STOP',
      '%20Danke',
      '%0A%0AUnsubscribe',
      '%3C%2Fa%3E',
      '%20https:%2F%2Fcsat.acme.example%2Fs%2F',
      '%0A%3E%20Best%20wishes',
    ];
    for (const end of endings) {
      const answer = await routes.request(`/${part}/${token}${end}`);
      expect([end, answer.status]).toEqual([end, 200]);
      // The form leads to the link itself.
      expect(await answer.text()).toContain(`action="./${token}"`);
    }
    for (const end of ['A', '3D', '_A', '0']) {
      expect([end, await statusOf(`/${part}/${token}${end}`)]).toEqual([end, 404]);
    }
    for (const start of ['3D', '=3D', '%3D3D', '%3C', '%22', '(']) {
      expect([start, await statusOf(`/${part}/${start}${token}`)]).toEqual([start, 200]);
    }
    for (const start of ['=', '%3D', '3', 'D', '3D3D', '%3C%3C', '%2F']) {
      expect([start, await statusOf(`/${part}/${start}${token}`)]).toEqual([start, 404]);
    }
    for (const [path, target] of [
      [`/${part}/${token}/`, `../${token}`],
      [`/${part}/${token}/?rating=4`, `../${token}?rating=4`],
      [`/${part}/${token}%3E/`, `../${token}`],
      [`/${part}/%2F%2Fevil.example/`, '../%2F%2Fevil.example'],
      [`/${part}/${token}</a>`, `../${token}`],
      [`/${part}/${token}%3C/b%3E%3C/p%3E?rating=4`, `../../${token}?rating=4`],
      [`/${part}/${token}%3Frating=4%3C/a%3E`, `../${token}?rating=4`],
      [`/${part}/${token}%20https://csat.acme.example/s/${token}`, `../../../../${token}`],
    ] as const) {
      for (const method of ['GET', 'POST']) {
        const { status, headers } = await routes.request(path, { method });
        expect([path, status, headers.get('location')]).toEqual([path, 308, target]);
      }
    }
  }

  const chosen = async (query: string): Promise<string | undefined> => {
    const html = await (await routes.request(`/s/${tokenOf('survey')}${query}`)).text();
    return /<input[^>]*id="rating-(\d)"[^>]* checked>/.exec(html)?.[1];
  };
  for (const rating of ['4', '4.', '4)', '4%3E', '3D4', '4&gt;', '4%0A']) {
    expect([rating, await chosen(`?rating=${rating}`)]).toEqual([rating, '4']);
  }
  for (const query of ['%3Frating=4', '%3Frating%3D4.', '%3Futm_source=x&rating=4', '%20%3Frating=4']) {
    expect([query, await chosen(query)]).toEqual([query, '4']);
  }
  expect(await chosen('%3Frating=6')).toBeUndefined();
  for (const rating of ['44', '4a', '6', '3D', 'D4', '']) {
    expect([rating, await chosen(`?rating=${rating}`)]).toEqual([rating, undefined]);
  }
});

test('a forged form, or one of another survey, is answered by the survey’s own', async () => {
  const policy = { reasons: sampleReasons, question: sampleQuestions.choice };
  const { own, surveyId, routes, key } = await surveyed({ policy });
  const survey = `/s/${makeToken(key, 'survey', surveyId)}`;
  const post = async (fields: [string, string][]): Promise<number> => {
    const headers = { 'user-agent': 'Mozilla/5.0 Firefox/150.0' };
    const body = new URLSearchParams([['rating', '1'], ...fields]);
    return (await routes.request(survey, { method: 'POST', body, headers })).status;
  };
  const [reason = ''] = sampleReasons.en;
  const strange: [string, string][] = [
    ['form', 'a'.repeat(43)],
    ['formId', '../../forms/1'],
    ['reasons', '{"en":["Mine"]}'],
    ['question', '{"kind":"text","text":{"en":"Mine?"}}'],
    ['kind', 'text'],
    ['lowRating', '5'],
    ['surveyId', 'another'],
    ['revision', '99'],
    ['reason[]', 'Mine'],
    ['answer[toString]', 'x'],
    ['__proto__', 'x'],
    ['constructor[prototype][isFinal]', 'true'],
  ];
  expect(await post([...strange, ['reason', reason], ['answer', 'Search']])).toBe(200);
  // Neither a reason from another survey's form, nor an answer to a question asked elsewhere.
  expect(await post([...strange, ['reason', 'Mine']])).toBe(422);
  expect(await post([...strange, ['answer', '10']])).toBe(422);
  expect(await post([['answer', 'x'.repeat(25_000)]])).toBe(422);
  const answers = await answersOf(own.ledger, surveyId);
  expect(answers).toMatchObject([
    {
      ...{ revision: 1, rating: 1, reason, comment: null, source: 'page' },
      question: { kind: 'choice', text: 'How did you find us?', answer: 'Search' },
    },
  ]);
  expect(answers).toHaveLength(1);
  expect(({} as Record<string, unknown>)['isFinal']).toBeUndefined();
});
