import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BrandSettings } from '../../../src/config/settings.ts';
import { mailLogoOf } from '../../../src/html/brand.ts';
import { bareToken } from '../../../src/domain/survey/token.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import { companyNameOf } from '../../../src/store/closings/groups.ts';
import { retryClosing, resendClosing } from '../../../src/store/queue/acts.ts';
import { resendReminder } from '../../../src/store/queue/reminder-acts.ts';
import { remindInPassing } from '../../../src/workflow/queue/work-reminders.ts';
import { exportRows } from '../../../src/workflow/operator/export.ts';
import { listSurveys, showSurvey } from '../../../src/workflow/operator/surveys.ts';
import { reportOf } from '../../../src/workflow/scores/report.ts';
import { noFilters } from '../../support/no-filters.ts';
import { createSurveyDesk, type SurveyDesk } from '../../../src/workflow/serving/survey-desk.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { previewConversation } from '../../../src/workflow/survey/preview.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import {
  backfillNamed,
  conversationOf,
  day,
  iso,
  minute,
  world,
  type ServicesChanges,
  type World,
} from '../support.ts';
import { reminderOf } from '../../support/ledger.ts';

const workshop: BrandSettings = {
  name: 'workshop',
  inboxes: ['repairs  WORKSHOP'],
  own: {
    companyName: 'Rook Workshop',
    from: 'workshop@haldenrook.example.com',
    publicUrl: 'https://csat.workshop.example',
    brandColor: '#8a3b12',
  },
};
const atelier: BrandSettings = {
  name: 'atelier',
  inboxes: ['VIP Outfitting'],
  own: { companyName: 'Atelier Halden', language: 'fr', from: 'atelier@haldenrook.example.com' },
};
const brands = [workshop, atelier];

/** A conversation of this customer that closed in this inbox. */
async function closedIn(own: World, inbox: string, email = 'kim@example.org'): Promise<string> {
  const id = await own.tell({ inbox, customer: { email } });
  own.time.now += minute;
  return id;
}

const outcomeOf = async (own: World, id: string, changes: ServicesChanges = { brands }): Promise<object> =>
  (await backfillNamed(own.services(changes), [id])).thisRun;

const closingOf = async (own: World, conversationId: string) =>
  (await own.closings()).find((closing) => closing.conversationId === conversationId)!;

/** The token of the survey that was sent for a conversation. */
async function tokenOf(own: World, conversationId: string): Promise<string> {
  const { surveyUrl } = await closingOf(own, conversationId);
  return bareToken(/\/s\/([^/?]+)$/.exec(surveyUrl ?? '')?.[1] ?? '');
}

const deskOf = (own: World, changes: ServicesChanges): SurveyDesk =>
  createSurveyDesk(own.services(changes), { onAnswer: () => undefined });

describe('a closing takes the brand of its inbox', () => {
  test('in sender, words, colors, language, and links of the mail; another one is the profile’s own', async () => {
    const own = await world();
    for (const [index, inbox] of ['Repairs Workshop', 'VIP Outfitting', 'Billing'].entries()) {
      await outcomeOf(own, await closedIn(own, inbox, `customer-${index}@example.org`));
    }
    const [first, second, third] = own.sandbox.mailbox();
    expect(first).toMatchObject({ from: 'workshop@haldenrook.example.com' });
    expect(first!.subject).toContain('Rook Workshop');
    expect(first!.html).toContain('https://csat.workshop.example/s/');
    expect(first!.html).toContain('https://csat.workshop.example/u/');
    expect(first!.html).toContain('#8a3b12');
    expect(first!.html).not.toContain('https://csat.example.com');
    expect(second).toMatchObject({ from: 'atelier@haldenrook.example.com' });
    expect(second!.html).toContain('<html lang="fr"');
    expect(second!.html).toContain('https://csat.example.com/s/');
    expect(third).toMatchObject({ from: own.sandbox.fromAddress });
    expect(third!.subject).toContain(own.sandbox.organizationName);
    expect((await own.closings()).map(({ brand }) => brand).toSorted()).toEqual(
      ['atelier', null, 'workshop'].toSorted(),
    );
    expect(await companyNameOf(own.ledger, 'workshop')).toBe('Rook Workshop');
  });

  test('in the headers of a mail: sender, and unsubscribing at the brand’s address; and in its logo', async () => {
    const own = await world();
    const withLogo = { ...workshop, own: { ...workshop.own, logo: '/srv/workshop.png' } };
    const id = await closedIn(own, 'Repairs Workshop');
    await outcomeOf(own, id, { brands: [withLogo, atelier], delivery: 'outbox' });
    const { surveyId } = await closingOf(own, id);
    const mail = readFileSync(join(own.folder, 'outbox', `${surveyId}.eml`), 'utf8');
    expect(mail).toMatch(/^From: Rook Workshop <workshop@haldenrook\.example\.com>\r$/m);
    expect(mail).toMatch(/^List-Unsubscribe: <https:\/\/csat\.workshop\.example\/u\/[\w-]+>\r$/m);
    expect(mail).toMatch(/^Message-ID: <[\w-]+@haldenrook\.example\.com>\r$/m);
    const record = JSON.parse(readFileSync(join(own.folder, 'outbox', `${surveyId}.json`), 'utf8')) as object;
    expect(record).toMatchObject({ brand: 'workshop', from: 'workshop@haldenrook.example.com' });
    const html = mail.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    expect(html).toContain(`https://csat.workshop.example/assets/${mailLogoOf('workshop')}"`);
  });

  test('in the number and the words of an SMS', async () => {
    const own = await world();
    const sms = brands.map((brand, index) => ({
      ...brand,
      own: { ...brand.own, from: own.sandbox.brands[index]!.fromNumber },
    }));
    const id = await own.tell({ inbox: 'Repairs Workshop', customer: { phone: '+15550100777' } });
    own.time.now += minute;
    expect(await outcomeOf(own, id, { brands: sms, delivery: 'gladly-sms' })).toMatchObject({ sent: 1 });
    const [message] = own.sandbox.mailbox();
    expect(message).toMatchObject({ kind: 'sms', from: '+18005550144' });
    expect(message!.text).toContain('Rook Workshop');
    expect(message!.text).toContain('https://csat.workshop.example/s/');
  });

  test('also where nobody is asked, and in a dry run, which keeps nothing', async () => {
    const own = await world();
    const id = await closedIn(own, 'Repairs Workshop');
    const services = own.services({ brands, policy: { excludedChannels: ['email', 'chat', 'sms'] } });
    const steps = createSteps(services, () => undefined);
    const { document } = await previewConversation(services, { conversationId: id, closingId: null }, steps);
    expect(document.brand).toBe('workshop');
    await backfillNamed(own.services({ brands }), [id], { dryRun: true });
    expect([await own.closings(), own.sandbox.mailbox()]).toEqual([[], []]);
    expect(await companyNameOf(own.ledger, 'workshop')).toBeNull();
    await backfillNamed(services, [id]);
    expect(await closingOf(own, id)).toMatchObject({ state: 'suppressed', brand: 'workshop' });
  });

  test('by the inbox’s id as well', async () => {
    const own = await world();
    const id = await closedIn(own, 'Repairs Workshop');
    const inboxId = String((await conversationOf(own, id))['inboxId']);
    await outcomeOf(own, id, { brands: [{ ...workshop, inboxes: [inboxId] }] });
    expect(await closingOf(own, id)).toMatchObject({ brand: 'workshop' });
  });

  test('nobody is asked where two brands claim the inbox, one by its id, and others go on', async () => {
    const own = await world();
    const id = await closedIn(own, 'Repairs Workshop');
    const inboxId = String((await conversationOf(own, id))['inboxId']);
    const other = await closedIn(own, 'Billing', 'robin@example.org');
    const changes = { brands: [workshop, { ...atelier, inboxes: [inboxId] }] };
    const run = await backfillNamed(own.services(changes), [id, other]);
    expect(run.thisRun).toMatchObject({ sent: 1, failed: 1 });
    expect(run.failures).toMatchObject([{ conversationId: id, error: { code: 'inbox_of_two_brands' } }]);
    expect(own.sandbox.mailbox().map(({ to }) => to)).toEqual(['robin@example.org']);
  });

  test('a conversation without an inbox belongs to none, and says so', async () => {
    const own = await world();
    const id = await closedIn(own, 'Repairs Workshop');
    const conversation = await conversationOf(own, id);
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request === `GET /api/v1/conversations/${id}`
        ? { status: 200, body: JSON.stringify({ ...conversation, inboxId: null }) }
        : 'pass',
    );
    const services = own.services({ brands, origin });
    const steps = createSteps(services, () => undefined);
    const { document } = await previewConversation(services, { conversationId: id, closingId: null }, steps);
    expect(document).toMatchObject({ outcome: 'would_send', brand: null });
    expect(document.warnings).toEqual([
      'Gladly gives no inbox for this conversation, so it belongs to no brand',
    ]);
  });

  test('an inbox that Gladly does not name may be anybody’s: nobody is asked', async () => {
    const own = await world();
    const id = await closedIn(own, 'Repairs Workshop');
    const inboxId = String((await conversationOf(own, id))['inboxId']);
    const { origin } = await faultyProxy(own.sandbox.origin, (request) => {
      if (request === `GET /api/v1/inboxes/${inboxId}`) return { status: 404 };
      return request === 'GET /api/v1/inboxes' ? { status: 200, body: '[]' } : 'pass';
    });
    const look = async (changes: ServicesChanges) => {
      const services = own.services({ ...changes, origin });
      const steps = createSteps(services, () => undefined);
      return (await previewConversation(services, { conversationId: id, closingId: null }, steps)).document;
    };
    expect(await failureOf(look({ brands }))).toMatchObject({ code: 'inbox_unnamed', kind: 'contract' });
    const byId = [{ ...workshop, inboxes: [inboxId] }, atelier];
    expect(await look({ brands: byId })).toMatchObject({ outcome: 'would_send', brand: 'workshop' });
  });
});

test('a reminder is in the name of the brand that asked, and of no other company once it is gone', async () => {
  const own = await world();
  await outcomeOf(own, await closedIn(own, 'Repairs Workshop'));
  own.time.now += 3 * day + minute;
  const remindWith = async (changes: ServicesChanges) => {
    const services = own.services({ ...changes, policy: { reminderAfter: 3 * day } });
    const limits = { maxSends: null, maxClosings: null, deadline: null };
    return (await remindInPassing(services, limits)).reminders;
  };
  expect(await remindWith({ brands: [atelier] })).toMatchObject({ sent: 0, failed: 1 });
  const [closing] = await own.closings();
  expect((await reminderOf(own.ledger, closing!.id))?.error).toMatchObject({ code: 'brand_removed' });
  expect(own.sandbox.mailbox()).toHaveLength(1);
  await resendReminder(own.ledger, closing!.id, iso(own.time.now));
  expect(await remindWith({ brands })).toMatchObject({ sent: 1 });
  const [first, second] = own.sandbox.mailbox();
  expect(second).toMatchObject({ from: 'workshop@haldenrook.example.com', to: first!.to });
  expect(second!.text).toContain('Rook Workshop');
});

test('a run says which inboxes of brands Gladly does not have', async () => {
  const own = await world();
  const warnings: string[] = [];
  const typo = [{ ...workshop, inboxes: ['Repair Workshop'] }, atelier];
  const id = await closedIn(own, 'Repairs Workshop');
  await backfillNamed(own.services({ brands: typo }), [id], {
    listener: { warn: (sentence) => warnings.push(sentence) },
  });
  expect(warnings).toContain(
    "brand workshop: Gladly lists no inbox 'Repair Workshop'; check the spelling of this entry",
  );
});

describe('a survey keeps the brand that it was sent with', () => {
  test('where its inbox moves to another brand', async () => {
    const own = await world();
    const id = await closedIn(own, 'Repairs Workshop');
    await outcomeOf(own, id);
    const moved = [
      { ...workshop, inboxes: ['Billing'] },
      { ...atelier, inboxes: ['Repairs Workshop'] },
    ];
    const desk = deskOf(own, { brands: moved });
    const token = await tokenOf(own, id);
    expect(await desk.view(token)).toMatchObject({
      ...{ state: 'open', brand: 'workshop', companyName: 'Rook Workshop', language: 'en' },
    });
    const answered = await desk.answer(token, { rating: 1, resolved: null, comment: null });
    expect(answered).toMatchObject({ saved: true, brand: 'workshop', companyName: 'Rook Workshop' });
    own.time.now += 40 * day;
    expect(await desk.view(token)).toEqual({
      ...{ state: 'closed', companyName: 'Rook Workshop', language: 'en', brand: 'workshop' },
    });
  });

  test('where the brand is gone: its page says its name, as customers last read it, and nothing of the profile’s', async () => {
    const own = await world();
    const id = await closedIn(own, 'VIP Outfitting');
    await outcomeOf(own, id);
    const token = await tokenOf(own, id);
    for (const left of [[workshop], []]) {
      const desk = deskOf(own, { brands: left, policy: { companyName: 'Acme' } });
      expect(await desk.view(token)).toMatchObject({
        ...{ state: 'open', brand: 'atelier', companyName: 'Atelier Halden', language: 'en' },
      });
    }
  });

  test('where the closing is decided again for another brand, and then for no survey', async () => {
    const own = await world();
    const id = await closedIn(own, 'Repairs Workshop');
    own.sandbox.setFaults({});
    await outcomeOf(own, id);
    const { id: closingId, surveyId } = await closingOf(own, id);
    // As after a message in doubt that a person sends again, although it may have arrived.
    await own.ledger.write('ledger', async (trx) => {
      await trx
        .updateTable('closings')
        .set({ state: 'uncertain', sent_at: null })
        .where('id', '=', closingId)
        .execute();
      await trx.updateTable('messages').set({ outcome: 'uncertain' }).execute();
    });
    await resendClosing(own.ledger, closingId, iso(own.time.now));
    const moved = [{ ...atelier, inboxes: ['Repairs Workshop'] }];
    await outcomeOf(own, id, { brands: moved, policy: { excludedInboxes: ['Repairs Workshop'] } });
    expect(await closingById(own.ledger, closingId)).toMatchObject({
      state: 'suppressed',
      brand: 'workshop',
    });
    expect(surveyId).not.toBeNull();
    expect((await showSurvey(own.ledger, closingId, iso(own.time.now))).messages).toMatchObject([
      { brand: 'workshop' },
    ]);
    await retryClosing(own.ledger, closingId, iso(own.time.now));
  });

  test('a link to no survey shows nobody’s name, and without brands the profile’s', async () => {
    const own = await world();
    await outcomeOf(own, await closedIn(own, 'Billing'));
    expect(await deskOf(own, { brands }).view('forged')).toEqual({
      ...{ state: 'closed', companyName: '', language: 'en', brand: '' },
    });
    expect(await deskOf(own, {}).view('forged')).toMatchObject({
      ...{ companyName: own.sandbox.organizationName, brand: null },
    });
  });
});

describe('suppression', () => {
  const inTurn = async (suppressBy: 'address' | 'brand') => {
    const own = await world();
    const outcomes: object[] = [];
    for (const inbox of [
      'Repairs Workshop',
      'VIP Outfitting',
      'Billing',
      'Repairs Workshop',
      'VIP Outfitting',
    ]) {
      const id = await closedIn(own, inbox);
      await outcomeOf(own, id, { brands, policy: { suppressBy } });
      const { state, reasons } = await closingOf(own, id);
      outcomes.push([inbox, state, ...reasons.map(({ code }) => code)]);
    }
    return { own, outcomes };
  };

  test('counts for an address over all brands', async () => {
    const { outcomes } = await inTurn('address');
    expect(outcomes).toEqual([
      ['Repairs Workshop', 'sent'],
      ['VIP Outfitting', 'suppressed', 'recently_surveyed'],
      ['Billing', 'suppressed', 'recently_surveyed'],
      ['Repairs Workshop', 'suppressed', 'recently_surveyed'],
      ['VIP Outfitting', 'suppressed', 'recently_surveyed'],
    ]);
  });

  test('counts for each brand where the profile says so; a survey of none counts for all', async () => {
    const { own, outcomes } = await inTurn('brand');
    expect(outcomes).toEqual([
      ['Repairs Workshop', 'sent'],
      ['VIP Outfitting', 'sent'],
      ['Billing', 'sent'],
      ['Repairs Workshop', 'suppressed', 'recently_surveyed'],
      ['VIP Outfitting', 'suppressed', 'recently_surveyed'],
    ]);
    const other = [{ ...atelier, name: 'newer', inboxes: ['Returns'] }];
    const id = await closedIn(own, 'Returns');
    await outcomeOf(own, id, { brands: other, policy: { suppressBy: 'brand' } });
    expect((await closingOf(own, id)).reasons).toMatchObject([{ code: 'recently_surveyed' }]);
  });

  test.each(['address', 'brand'] as const)(
    'by %s: who unsubscribes from one brand gets no survey of any, also none that is scheduled',
    async (suppressBy) => {
      const own = await world();
      const policy = { suppressBy };
      const waiting = await closedIn(own, 'VIP Outfitting');
      await outcomeOf(own, waiting, { brands, policy: { ...policy, delay: day } });
      const sent = await closedIn(own, 'Repairs Workshop');
      await outcomeOf(own, sent, { brands, policy: { ...policy, suppressionDays: 0 } });
      const states = async () => [(await closingOf(own, waiting)).state, (await closingOf(own, sent)).state];
      expect(await states()).toEqual(['scheduled', 'sent']);
      const desk = deskOf(own, { brands, policy });
      const view = await desk.view(await tokenOf(own, sent));
      if (view.state !== 'open') throw new Error('the survey is not open');
      expect(await desk.unsubscribe(view.unsubscribeToken)).toMatchObject({ companyName: 'Rook Workshop' });
      expect((await closingOf(own, waiting)).reasons).toMatchObject([{ code: 'unsubscribed' }]);
      const later = await closedIn(own, 'Billing');
      await outcomeOf(own, later, { brands, policy });
      expect((await closingOf(own, later)).reasons.map(({ code }) => code)).toContain('unsubscribed');
    },
  );

  test('two closings of one customer for two brands at once are one survey, or two where each brand counts', async () => {
    for (const [suppressBy, mails] of [
      ['address', 1],
      ['brand', 2],
    ] as const) {
      const own = await world();
      const ids = [await closedIn(own, 'Repairs Workshop'), await closedIn(own, 'VIP Outfitting')];
      const changes = (id: number) => ({
        ...{ brands, policy: { suppressBy } },
        worker: { ...own.services().worker, id: `task-${id}` },
      });
      await Promise.all(ids.map((id, index) => backfillNamed(own.services(changes(index)), [id])));
      expect(own.sandbox.mailbox()).toHaveLength(mails);
    }
  });
});

test('lists, stories, exports, and reports say the brand', async () => {
  const own = await world();
  const sent = await closedIn(own, 'Repairs Workshop', 'one@example.org');
  await outcomeOf(own, sent);
  await outcomeOf(own, await closedIn(own, 'Billing', 'two@example.org'));
  const now = iso(own.time.now);
  const desk = deskOf(own, { brands });
  await desk.answer(await tokenOf(own, sent), { rating: 5, resolved: true, comment: null });
  const listed: (string | null)[] = [];
  for await (const { brand } of listSurveys(own.ledger, { brands: ['workshop'] }, now)) listed.push(brand);
  expect(listed).toEqual(['workshop']);
  expect(await showSurvey(own.ledger, sent, now)).toMatchObject({
    brand: 'workshop',
    messages: [{ brand: 'workshop' }],
  });
  const range = { since: iso(own.time.now - day), until: iso(own.time.now + day) };
  const exported: (string | null)[] = [];
  for await (const { brand } of exportRows(own.ledger, range, now)) exported.push(brand);
  expect(exported).toEqual(['workshop', null]);
  const report = await reportOf(own.ledger, {
    ...{ range, timezone: 'UTC', by: ['brand'], minimum: 1, satisfiedFrom: 4, lowRating: 2 },
    ...{ filters: noFilters, withPrevious: false, withCredit: false },
  });
  expect(report.rows.map(({ key, closed, answered }) => [key.brand ?? null, closed, answered])).toEqual([
    ['workshop', 1, 1],
    [null, 1, 0],
  ]);
});
