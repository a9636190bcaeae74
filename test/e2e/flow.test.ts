import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { run, runJson, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';
import { surveysOf, testGladly } from '../support/gladly.ts';

describe('the main job', () => {
  test('replay --sandbox needs nothing, sends one survey and says whom it credits and why', async () => {
    const { code, stdout, stderr } = await runInside(['replay', '--sandbox']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/▶ .*yes, last response/);
    expect(stdout).toMatch(/Credit +\S.*\n +last response by/);
    expect(stdout).toMatch(/Verdict +✔ sent to \S+@example\.(com|org|net)/);
    expect(stdout).toMatch(/Link +http:\/\/localhost:8080\/s\/[\w-]{44}0\n/);
    expect(stdout).toMatch(/Mailbox +to \S+@example/);
    expect(stdout).not.toMatch(/\u001b/);
  });

  test('as JSON it is one document with every field of the contract', async () => {
    const { document, stderr } = await runJsonInside(['replay', '--sandbox']);
    expect(stderr).toBe('');
    expect(document).toMatchObject({
      outcome: 'sent',
      reasons: [],
      attribution: { agent: { id: expect.any(String), name: expect.any(String) }, confidence: 'exact' },
      conversation: { status: 'CLOSED', closing: expect.stringMatching(/@\d{4}-/) },
      survey: { provider: 'gladly-email', externalId: expect.any(String) },
      error: null,
    });
    expect(document.conversation.assignedAgentId).not.toBe(document.attribution.agent.id);
  });

  test('reads at most seven times, three with the directories cached, and never twice the same', async () => {
    const { env, sandbox } = await testGladly();
    const first = await runJsonInside(['replay', '--', sandbox.exampleConversationId], { env });
    expect(first.document.requests.byOperation).toEqual({
      getConversation: 1,
      getConversationItems: 1,
      getCustomer: 1,
      getAgents: 1,
      getInboxes: 1,
      getTopics: 1,
      getOrganization: 1,
      sendEmail: 1,
    });
    const second = await runJsonInside(['attribute', '--', sandbox.exampleConversationId], { env });
    expect(second.document.requests.byOperation).toEqual({
      getConversation: 1,
      getConversationItems: 1,
      getCustomer: 1,
    });
  });
});

describe('one closing, one survey', () => {
  test('replaying again tells of the survey and sends nothing', async () => {
    const { env, sandbox } = await testGladly();
    const id = sandbox.exampleConversationId;
    const first = await runJsonInside(['replay', '--', id], { env });
    const second = await runJsonInside(['replay', '--', id], { env });
    expect(second.code).toBe(0);
    expect(second.document.outcome).toBe('already_surveyed');
    expect(second.document.reasons).toEqual([expect.objectContaining({ code: 'already_surveyed' })]);
    expect(second.document.survey).toEqual(first.document.survey);
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('four processes at once send one message', async () => {
    const { env, sandbox } = await testGladly();
    const id = sandbox.exampleConversationId;
    const results = await Promise.all([1, 2, 3, 4].map(() => runJson(['replay', '--', id], { env })));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(results.map(({ document }) => document.outcome).toSorted()).toEqual([
      'already_surveyed',
      'already_surveyed',
      'already_surveyed',
      'sent',
    ]);
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('a conversation that is given twice is worked on once', async () => {
    const { env, sandbox } = await testGladly();
    const id = sandbox.exampleConversationId;
    const { document } = await runJsonInside(['replay', '--', id, id], { env });
    expect(document).toEqual([expect.objectContaining({ outcome: 'sent' })]);
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('two closings of one customer in parallel: one is asked, one is told why not', async () => {
    const { env, sandbox } = await testGladly();
    const ids = sandbox.traps
      .filter(({ name }) => name === 'same_customer_same_day')
      .map(({ conversationId }) => conversationId);
    expect(ids).toHaveLength(2);
    const results = await Promise.all(ids.map((id) => runJson(['replay', '--', id], { env })));
    const outcomes = results.map(({ document }) => document.outcome).toSorted();
    expect(outcomes).toEqual(['sent', 'suppressed']);
    const refused = results.find(({ document }) => document.outcome === 'suppressed');
    expect(refused?.document.reasons).toEqual([expect.objectContaining({ code: 'recently_surveyed' })]);
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('closed, open again and closed within a minute is two closings', async () => {
    const { env, sandbox } = await testGladly();
    await runInside(['configure', 'set', 'suppressionDays=0'], { env });
    const control = async (path: string, body: unknown = {}): Promise<{ conversationId: string }> => {
      const answer = await fetch(`${sandbox.origin}/_sandbox/conversations${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.ok).toBe(true);
      return (await answer.json()) as { conversationId: string };
    };
    const replay = async (id: string): Promise<unknown> =>
      (await runJsonInside(['replay', '--', id], { env })).document.outcome;
    const messages = [
      { from: 'customer', text: 'Where is it?' },
      { from: 'agent', text: 'On its way.' },
    ];
    const customer = { email: 'robin@example.com' };
    const { conversationId } = await control('', { customer, channel: 'email', messages, close: true });
    const outcomes = [await replay(conversationId)];
    await control(`/${conversationId}/reopen`);
    outcomes.push(await replay(conversationId));
    await control(`/${conversationId}/close`);
    outcomes.push(await replay(conversationId), await replay(conversationId));
    expect(outcomes).toEqual(['sent', 'suppressed', 'sent', 'already_surveyed']);
    expect(await surveysOf(env)).toHaveLength(2);
  });

  test('what the outbox wrote blocks no real delivery, and is not repeated by itself', async () => {
    const { env, sandbox } = await testGladly();
    const id = sandbox.exampleConversationId;
    const trial = { ...env, GCSAT_DELIVERY: 'outbox' };
    expect((await runJsonInside(['replay', '--', id], { env: trial })).document.outcome).toBe('sent');
    expect((await runJsonInside(['replay', '--', id], { env: trial })).document.outcome).toBe(
      'already_surveyed',
    );
    expect((await runJsonInside(['replay', '--', id], { env })).document.outcome).toBe('sent');
    expect((await runJsonInside(['replay', '--', id], { env })).document.outcome).toBe('already_surveyed');
    expect((await runJsonInside(['replay', '--', id], { env: trial })).document.outcome).toBe(
      'already_surveyed',
    );
    expect(sandbox.mailbox()).toHaveLength(1);
  });
});

describe('a closing that a person called off', () => {
  test('stays cancelled while a trial of the same closing goes its own way', async () => {
    const { env, sandbox } = await testGladly();
    const id = sandbox.exampleConversationId;
    await runInside(['configure', 'set', 'delay=20d'], { env });
    await runJsonInside(['replay', '--', id], { env });
    expect((await runJsonInside(['surveys', 'cancel', '--', id], { env })).document.state).toBe('suppressed');
    await runInside(['configure', 'set', 'delay=0'], { env });
    const trial = { ...env, GCSAT_DELIVERY: 'outbox' };
    const { document } = await runJsonInside(['replay', '--', id], { env: trial });
    expect(document.outcome).toBe('sent');
    expect(sandbox.mailbox()).toEqual([]);
    expect(await surveysOf(env)).toMatchObject([{ state: 'suppressed', reasons: [{ code: 'cancelled' }] }]);
    expect((await runJsonInside(['replay', '--', id], { env })).document.outcome).toBe('sent');
  });
});

describe('the message', () => {
  test('the outbox holds a mail that links to the survey five times, private to the user', async () => {
    const { env, sandbox } = await testGladly();
    const trial = { ...env, GCSAT_DELIVERY: 'outbox' };
    const { document } = await runJsonInside(['replay', '--', sandbox.exampleConversationId], { env: trial });
    const data = env['GCSAT_DATA_DIR'] ?? '';
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).map((file) => join(data, file));
    const modes = files.map((file) => [file, statSync(file).mode & 0o077]);
    expect(modes.filter(([, open]) => open !== 0)).toEqual([]);
    const message = files.filter((file) => file.endsWith('.eml'));
    expect(message).toHaveLength(1);
    const mail = await simpleParser(readFileSync(message[0]!));
    for (const rating of [1, 2, 3, 4, 5]) {
      expect(mail.text).toContain(`${document.survey.url}?rating=${rating}`);
      expect(mail.html).toContain(`${document.survey.url}?rating=${rating}`);
    }
    expect(sandbox.mailbox()).toHaveLength(0);
  });

  test('the link holds nothing of the customer, and another key makes another link', async () => {
    const { env, sandbox } = await testGladly();
    const urls = await Promise.all(
      ['a', 'b'].map(async (key) => {
        const own = { ...env, GCSAT_DATA_DIR: temporaryFolder(), GCSAT_SURVEY_SECRET: key.repeat(32) };
        return (await runJson(['replay', '--', sandbox.exampleConversationId], { env: own })).document.survey
          .url;
      }),
    );
    expect(urls[0]).not.toBe(urls[1]);
    expect(urls[0]).toMatch(/^https:\/\/csat\.example\.com\/s\/[\w-]{44}0$/);
  });
});

describe('when nothing may be sent', () => {
  test.each([
    ['reopened', ['not_closed']],
    ['opt_out_topic', ['opt_out_topic']],
    ['opt_out_child_topic', ['opt_out_topic']],
    ['opt_out_other_spelling', ['opt_out_topic']],
    ['ai_only', ['no_agent_response']],
    ['outbound_only', ['no_customer_message']],
    ['no_address', ['no_address']],
    ['bad_address', ['bad_address']],
    ['deleted_agent', ['agent_unknown']],
  ])('%s', async (trap, codes) => {
    const gladly = await testGladly();
    const { code, document } = await runJsonInside(['replay', '--', gladly.trap(trap)], { env: gladly.env });
    expect(code).toBe(0);
    expect(document.outcome).toBe('suppressed');
    expect(document.reasons.map((reason: { code: string }) => reason.code)).toEqual(codes);
    expect(document.survey).toBeNull();
    expect(gladly.sandbox.mailbox()).toEqual([]);
  });

  test('a dry run prints what would be, and leaves no closing behind', async () => {
    const { env, sandbox } = await testGladly();
    const { document } = await runJsonInside(['replay', '--dry-run', '--', sandbox.exampleConversationId], {
      env,
    });
    expect(document).toMatchObject({ outcome: 'would_send', survey: null });
    expect(await surveysOf(env)).toEqual([]);
    expect(sandbox.mailbox()).toEqual([]);
  });

  test('a verdict against a survey can be replayed once its cause is gone', async () => {
    const gladly = await testGladly();
    const { env, sandbox } = gladly;
    const id = gladly.trap('opt_out_topic');
    await runJsonInside(['replay', '--', id], { env });
    await runInside(['configure', 'set', 'optOutTopics='], { env });
    const { document } = await runJsonInside(['replay', '--', id], { env });
    expect(document.outcome).toBe('sent');
    expect(sandbox.mailbox()).toHaveLength(1);
  });

  test('a delay schedules the survey, and cancel calls it off', async () => {
    const { env, sandbox } = await testGladly();
    const id = sandbox.exampleConversationId;
    await runInside(['configure', 'set', 'delay=20d'], { env });
    const { document } = await runJsonInside(['replay', '--', id], { env });
    expect(document.outcome).toBe('scheduled');
    expect(document.survey.sentAt).toBeNull();
    expect(Date.parse(document.survey.dueAt)).toBeGreaterThan(Date.now());
    expect((await runJsonInside(['surveys', 'cancel', '--', id], { env })).document.state).toBe('suppressed');
    expect(sandbox.mailbox()).toEqual([]);
  });
});

describe('the answer on the timeline', () => {
  test('post is exactly once, and a changed answer takes the place of the card', async () => {
    const { env, sandbox, requests } = await testGladly();
    const id = sandbox.exampleConversationId;
    await runJsonInside(['replay', '--', id], { env });
    const post = async (...more: string[]): Promise<{ outcome: string; card: { itemId: string } }> =>
      (await runJsonInside(['post', ...more, '--', id], { env })).document;
    const first = await post('--rating', '4', '--comment', 'Fine <b>now</b>');
    const again = await post('--rating', '4', '--comment', 'Fine <b>now</b>');
    const changed = await post('--rating', '2', '--resolved', 'no');
    expect([first.outcome, again.outcome, changed.outcome]).toEqual(['posted', 'already_posted', 'posted']);
    expect(again.card.itemId).toBe(first.card.itemId);
    expect(changed.card.itemId).not.toBe(first.card.itemId);
    const writes = (await requests()).filter(
      ({ method, path }) => method !== 'GET' && path.includes('items'),
    );
    expect(writes.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'POST 200',
      'DELETE 204',
      'POST 200',
    ]);
    const [entry] = await surveysOf(env);
    expect(entry).toMatchObject({
      state: 'answered',
      answer: { rating: 2, resolved: false, comment: null },
      card: { itemId: changed.card.itemId },
    });
  });

  test('four posts at the same time leave one card', async () => {
    const { env, sandbox, requests } = await testGladly();
    const id = sandbox.exampleConversationId;
    const results = await Promise.all(
      ['1', '2', '3', '4'].map((rating) => run(['post', '--rating', rating, '--', id], { env })),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const writes = (await requests()).filter(({ path }) => path.includes('conversation-items'));
    const count = (method: string, status: number): number =>
      writes.filter((request) => request.method === method && request.status === status).length;
    expect(count('POST', 200) - count('DELETE', 204)).toBe(1);
  });

  test('a second machine without our ledger posts nothing new', async () => {
    const { env, sandbox, requests } = await testGladly();
    const id = sandbox.exampleConversationId;
    const other = { ...env, GCSAT_DATA_DIR: temporaryFolder() };
    await runJsonInside(['post', '--rating', '5', '--', id], { env });
    const { document } = await runJsonInside(['post', '--rating', '5', '--', id], { env: other });
    expect(document.outcome).toBe('already_posted');
    const posts = (await requests()).filter(
      ({ method, path }) => method === 'POST' && path.includes('items'),
    );
    expect(posts.map(({ status }) => status)).toEqual([200, 409]);
  });

  test('the card goes to the customer who lives on after a merge', async () => {
    const gladly = await testGladly();
    const { code, document } = await runJsonInside(
      ['post', '--rating', '5', '--', gladly.trap('merged_customer')],
      {
        env: gladly.env,
      },
    );
    expect(code).toBe(0);
    expect(document.outcome).toBe('posted');
  });

  test('a dry run prints the exact body and writes nothing', async () => {
    const { env, sandbox, requests } = await testGladly();
    const { document } = await runJsonInside(
      ['post', '--rating', '3', '--dry-run', '--', sandbox.exampleConversationId],
      { env },
    );
    expect(document.outcome).toBe('would_post');
    expect(document.card.body).toMatchObject({
      content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY', title: 'CSAT 3/5' },
    });
    expect((await requests()).filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('hostile text arrives harmless and within the limits', async () => {
    const { env, sandbox } = await testGladly();
    const comment = `<script>alert(1)</script>\u001b[31m\u202e${'👩‍👩‍👧'.repeat(4000)}`;
    const { code, document } = await runJsonInside(
      ['post', '--rating', '1', '--comment', comment, '--', sandbox.exampleConversationId],
      { env },
    );
    expect(code).toBe(0);
    const { body } = document.card.body.content;
    expect(body.length).toBeLessThanOrEqual(25_000);
    expect(body).toContain('&lt;script&gt;');
    expect(body).not.toMatch(/[\u001b\u202e]/);
    expect(body.isWellFormed()).toBe(true);
  });
});

describe('the ledger, readable', () => {
  test('show tells the whole story of a closing by any of its ids', async () => {
    const { env, sandbox } = await testGladly();
    const id = sandbox.exampleConversationId;
    const { document: replayed } = await runJsonInside(['replay', '--', id], { env });
    await runJsonInside(['post', '--rating', '5', '--comment', 'Thanks', '--', id], { env });
    for (const anyId of [id, replayed.survey.id, replayed.conversation.closing]) {
      const { document } = await runJsonInside(['surveys', 'show', '--', anyId], { env });
      expect(document).toMatchObject({
        state: 'answered',
        surveyId: replayed.survey.id,
        evidence: { attribution: { itemId: replayed.attribution.itemId } },
        messages: [{ outcome: 'sent' }],
        answers: [{ rating: 5, comment: 'Thanks' }],
        cards: [{ state: 'posted' }],
      });
      expect(document.history.map(({ to }: { to: string }) => to)).toEqual([
        'scheduled',
        'sending',
        'sent',
        'answered',
      ]);
    }
  });

  test('list as lines is one document a line', async () => {
    const { env, sandbox } = await testGladly();
    await runJsonInside(['replay', '--', sandbox.exampleConversationId], { env });
    const { stdout } = await runInside(['surveys', 'list', '--jsonl'], { env });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ state: 'sent', answer: null, card: null });
  });
});

describe('recordings', () => {
  test('are facts of the closing, and files only when asked for', async () => {
    const gladly = await testGladly();
    const id = gladly.trap('call_inbound_answered');
    const folder = join(temporaryFolder(), 'media');
    const facts = await runJsonInside(['attribute', '--', id], { env: gladly.env });
    expect(facts.document.recordings).toEqual([
      expect.objectContaining({ status: 'AVAILABLE', path: null, durationSeconds: expect.any(Number) }),
    ]);
    const { document } = await runJsonInside(['replay', '--media', folder, '--', id], { env: gladly.env });
    const [recording] = document.recordings;
    expect(statSync(recording.path).size).toBe(recording.bytes);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
