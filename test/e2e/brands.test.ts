import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testGladly, type TestGladly } from '../support/gladly.ts';
import { run, start, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

function home(): Record<string, string> {
  const folder = temporaryFolder();
  return { GCSAT_CONFIG_DIR: join(folder, 'config'), GCSAT_DATA_DIR: join(folder, 'data') };
}

const fileOf = (env: Record<string, string>): string => join(env['GCSAT_CONFIG_DIR']!, 'config.json');

/** Writes into the file by hand, past every check. */
function writeBrands(env: Record<string, string>, b: Record<string, string>): void {
  mkdirSync(env['GCSAT_CONFIG_DIR']!, { recursive: true, mode: 0o700 });
  const brands = { a: { inboxes: 'Billing' }, b: { inboxes: 'Repairs Workshop', ...b } };
  const profiles = { default: { values: {}, policy: {}, brands } };
  writeFileSync(fileOf(env), JSON.stringify({ profiles }), { mode: 0o600 });
}

const brandsIn = (env: Record<string, string>): Record<string, Record<string, string>> =>
  (JSON.parse(readFileSync(fileOf(env), 'utf8')) as { profiles: { default: { brands: never } } }).profiles
    .default.brands;

const set = (env: Record<string, string>, ...args: string[]) =>
  runJsonInside(['configure', 'brand', 'set', ...args], { env });

describe('gcsat configure brand', () => {
  test('makes, changes, shows, lists, and removes a brand, in any spelling of its name', async () => {
    const env = home();
    expect((await runInside(['configure', 'brand', 'list'], { env })).stdout).toContain('No brands yet');
    expect(await set(env, 'Nordwind', 'inboxes=Support, Returns', 'companyName=Nordwind GmbH')).toMatchObject(
      {
        code: 0,
        document: {
          ...{ profile: 'default', brand: 'Nordwind', isNew: true, dryRun: false },
          set: { inboxes: 'Support,Returns', companyName: 'Nordwind GmbH' },
        },
      },
    );
    const changed = await set(env, 'nordwind', 'brandColor=#08F', 'companyName=');
    expect(changed.document).toMatchObject({
      ...{ brand: 'Nordwind', isNew: false, set: { brandColor: '#0088ff', companyName: null } },
    });
    expect(brandsIn(env)).toEqual({ Nordwind: { inboxes: 'Support,Returns', brandColor: '#0088ff' } });
    await runInside(['configure', 'set', 'companyName=Acme', 'language=fr'], { env });
    const { document } = await runJsonInside(['configure', 'brand', 'show', 'NORDWIND'], { env });
    expect(document).toMatchObject({
      brand: 'Nordwind',
      settings: {
        inboxes: { value: 'Support, Returns', origin: 'brand' },
        brandColor: { value: '#0088ff', origin: 'brand' },
        companyName: { value: 'Acme', origin: 'profile' },
        language: { value: 'fr', origin: 'profile' },
        logo: { value: null, origin: 'default' },
      },
    });
    expect((await runJsonInside(['configure', 'brand', 'list'], { env })).document).toEqual([
      {
        ...{ name: 'Nordwind', inboxes: ['Support', 'Returns'], companyName: 'Acme', from: null },
        ...{ language: 'fr', publicUrl: 'http://localhost:8080' },
      },
    ]);
    expect((await runJsonInside(['configure', 'show'], { env })).document.settings.brands).toEqual({
      ...{ value: 'Nordwind', origin: 'profile' },
    });
    const names = await runInside(['completion', 'bash', '--names', 'brands'], { env });
    expect(names.stdout).toBe('Nordwind\n');
    const dry = await runJsonInside(['configure', 'brand', 'remove', 'nordwind', '--dry-run'], { env });
    expect(dry.document).toMatchObject({ brand: 'Nordwind', removed: false, dryRun: true });
    const unasked = await runJsonInside(['configure', 'brand', 'remove', 'nordwind'], { env });
    expect(unasked).toMatchObject({ code: 2, document: { error: { code: 'confirmation_needed' } } });
    const removed = await runJsonInside(['configure', 'brand', 'remove', 'nordwind', '--yes'], { env });
    expect(removed.document).toMatchObject({ removed: true });
    expect(brandsIn(env)).toEqual({});
    expect(await runJsonInside(['configure', 'brand', 'show', 'nordwind'], { env })).toMatchObject({
      ...{ code: 3, document: { error: { code: 'unknown_brand' } } },
    });
  });

  test('saves nothing in a dry run, nor where one of several values is wrong', async () => {
    const env = home();
    expect((await set(env, 'a', 'inboxes=x', '--dry-run')).document).toMatchObject({
      dryRun: true,
      isNew: true,
    });
    expect(existsSync(fileOf(env))).toBe(false);
    await set(env, 'a', 'inboxes=Support');
    for (const [args, code, error] of [
      [['a', 'colour=red'], 2, 'unknown_key'],
      [['a', 'suppressionDays=3'], 2, 'unknown_key'],
      [['a', 'language=en', 'brandColor=red'], 2, 'bad_value'],
      [['a', 'publicUrl=csat.acme.com'], 2, 'bad_value'],
      [['a', 'publicUrl=https://user:word@csat.acme.com'], 2, 'bad_value'],
      [['a', 'language=xx'], 3, 'language_unsupported'],
      [['a', 'logo=/nowhere.png'], 3, 'logo_unreadable'],
      [['a', 'template=/nowhere.eta'], 3, 'template_unreadable'],
      [['a', 'from=nobody'], 3, 'bad_from'],
      [['a', 'companyName=a\u001Bb'], 2, 'bad_value'],
      [['a', 'thanksText={agent}'], 2, 'bad_value'],
      [['b', 'inboxes=sUPPORT'], 2, 'inbox_of_two_brands'],
      [['../b', 'inboxes=x'], 2, 'bad_value'],
      [['__proto__', 'inboxes=x'], 2, 'bad_value'],
      [['a', 'inboxes'], 2, 'bad_assignment'],
    ] as const) {
      const result = await set(env, ...args);
      expect({ args, code: result.code, error: result.document.error?.code }).toEqual({ args, code, error });
    }
    expect(brandsIn(env)).toEqual({ a: { inboxes: 'Support' } });
    await runInside(['configure', 'set', 'delivery=gladly-sms'], { env });
    expect(await set(env, 'a', 'from=care@acme.com')).toMatchObject({
      ...{ code: 3, document: { error: { code: 'bad_from' } } },
    });
    expect((await set(env, 'a', 'from=+15550100123')).code).toBe(0);
  });

  test('keeps what each of two processes saves at once', async () => {
    const env = home();
    const names = ['a', 'b', 'c', 'd'];
    const codes = await Promise.all(
      names.map((name) => run(['configure', 'brand', 'set', name, `inboxes=${name}`], { env })),
    );
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(Object.keys(brandsIn(env)).toSorted()).toEqual(names);
  });

  test('shows and mends what somebody wrote into the file; commands that need it refuse it', async () => {
    const { env, trap } = await testGladly({ size: 0 });
    mkdirSync(env['GCSAT_CONFIG_DIR']!, { recursive: true, mode: 0o700 });
    const brands = { a: { inboxes: 'Billing', brandColor: 'red', colour: 'blue' } };
    writeFileSync(fileOf(env), JSON.stringify({ profiles: { default: { values: {}, policy: {}, brands } } }));
    const refused = await runJsonInside(['attribute', '--', trap('three_agents')], { env });
    expect(refused).toMatchObject({ code: 3, document: { error: { code: 'bad_configuration' } } });
    const shown = await runInside(['configure', 'brand', 'show', 'a'], { env });
    expect([shown.code, shown.stdout]).toEqual([
      0,
      expect.stringContaining('invalid: brandColor of brand a'),
    ]);
    expect(shown.stderr).toContain("unknown setting 'colour'");
    const { document } = await runJsonInside(['doctor', 'config.files', '--offline'], { env });
    expect(document.checks[0]).toMatchObject({ id: 'config.files', status: 'error' });
    expect((await set(env, 'a', 'brandColor=', 'colour=')).code).toBe(0);
    expect(brandsIn(env)).toEqual({ a: { inboxes: 'Billing' } });
    expect((await runJsonInside(['attribute', '--', trap('three_agents')], { env })).code).toBe(0);
  });

  test.each([
    ['its template is gone', { template: '/nowhere/mail.eta' }, 'template_unreadable'],
    ['its sender is none', { from: 'a@b.example\r\nBcc: c@d.example' }, 'bad_configuration'],
    ['its pages are at no address', { publicUrl: 'javascript:alert(1)' }, 'bad_configuration'],
    ['its name is markup of a terminal', { companyName: 'a\u001b[2Jb' }, 'bad_configuration'],
    [
      'its color is a style sheet',
      { brandColor: '#fff}*{background:url(//evil.example)' },
      'bad_configuration',
    ],
    ['its inbox is another brand’s', { inboxes: 'Billing' }, 'bad_configuration'],
  ])('a brand that is broken, because %s, sends no surveys until it is fixed', async (_, values, code) => {
    const gladly = await testGladly({ size: 0 });
    const { env, sandbox } = gladly;
    const id = await closedIn(gladly, 'Repairs Workshop', 'kim@example.org');
    writeBrands(env, values);
    for (const args of [['replay', '--', id], ['sync'], ['serve', '--port', '0']]) {
      const ended = await runJsonInside(args, { env });
      expect([args[0], ended.code, ended.document.error?.code]).toEqual([args[0], 3, code]);
      expect(ended.stderr).toMatch(/^error: .*\bbrand'?s? .*\bb\b/m);
    }
    expect(sandbox.mailbox()).toEqual([]);
    writeBrands(env, {});
    expect((await runJsonInside(['replay', '--', id], { env })).document).toMatchObject({
      ...{ outcome: 'sent', brand: 'b' },
    });
  });

  test.each([
    ['is gone', '/nowhere/logo.png', 'logo_unreadable'],
    ['is a script', import.meta.filename, 'logo_invalid'],
    ['never ends', '/dev/zero', 'logo_unreadable'],
  ])('pages are not served while the logo of a brand %s', async (_, logo, code) => {
    const { env } = await testGladly({ size: 0 });
    writeBrands(env, { logo });
    const ended = await runJsonInside(['serve', '--port', '0'], { env });
    expect([ended.code, ended.document.error?.code]).toEqual([3, code]);
    expect(ended.stderr).toMatch(/^error: brand b: the logo /m);
  });

  test('warns of an inbox that Gladly does not have, and of a brand without any', async () => {
    const { env } = await testGladly({ size: 0 });
    const typo = await runInside(['configure', 'brand', 'set', 'a', 'inboxes=Repairs Workshop,Retruns'], {
      env,
    });
    expect([typo.code, typo.stderr]).toEqual([
      0,
      "warning: brand a: Gladly lists no inbox 'Retruns'; check the spelling of this entry\n",
    ]);
    const idle = await runInside(['configure', 'brand', 'set', 'b', 'language=fr'], { env });
    expect(idle.stderr).toBe('warning: no closing gets the brand b until it has inboxes\n');
    const { document } = await runJsonInside(['doctor', 'gladly.brands'], { env });
    expect(document.checks.find(({ id }: { id: string }) => id === 'gladly.brands')).toMatchObject({
      ...{ status: 'warning', code: 'brand_inbox_unknown', fix: 'gcsat configure brand list' },
    });
  });

  test('belongs to a real profile: the sandbox shows its own', async () => {
    const env = { ...home(), GCSAT_SANDBOX: '1' };
    expect(await set(env, 'a', 'inboxes=x')).toMatchObject({
      ...{ code: 2, document: { error: { code: 'sandbox_needs_no_profile' } } },
    });
    expect((await runJsonInside(['configure', 'brand', 'list'], { env })).document).toEqual([]);
    const withBrands = { ...env, GCSAT_SANDBOX_BRANDS: '1' };
    const { document } = await runJsonInside(['configure', 'brand', 'list'], { env: withBrands });
    expect(document).toMatchObject([{ name: 'atelier' }, { name: 'workshop' }]);
  });
});

test('preview shows every brand in a folder of its own, or one alone', async () => {
  const env = home();
  await runInside(['configure', 'set', 'companyName=Acme'], { env });
  await set(
    env,
    'north wind',
    'companyName=Nordwind',
    'inboxes=x',
    'publicUrl=https://csat.nordwind.example',
  );
  await set(env, 'süd', 'language=de', 'inboxes=y');
  const out = temporaryFolder();
  const all = await runJsonInside(['preview', '--out', out], { env });
  expect(all.document).toMatchObject({ brand: null, brands: ['north wind', 'süd'] });
  const text = (path: string): string => readFileSync(join(out, path), 'utf8');
  expect(text('index.html')).toContain('href="brands/north%20wind/index.html"');
  expect(text('s/en-survey.html')).toContain('Acme');
  expect(text('brands/north wind/s/en-survey.html')).toContain('Nordwind');
  expect(text('brands/north wind/s/en-survey.html')).not.toContain('Acme');
  expect(text('brands/north wind/mail/en.eml')).toContain('https://csat.nordwind.example/u/');
  expect(text('brands/süd/u/de-unsubscribe.html')).toContain('Acme');
  const one = temporaryFolder();
  const own = await runJsonInside(['preview', '--out', one, '--brand', 'North Wind'], { env });
  expect(own.document).toMatchObject({ brand: 'north wind', brands: [] });
  expect(readFileSync(join(one, 's/en-survey.html'), 'utf8')).toContain('Nordwind');
  expect(await runJsonInside(['preview', '--out', one, '--brand', 'nord'], { env })).toMatchObject({
    ...{ code: 3, document: { error: { code: 'unknown_brand' } } },
  });
});

async function closedIn(
  { sandbox }: Pick<TestGladly, 'sandbox'>,
  inbox: string,
  email: string,
): Promise<string> {
  const answer = await fetch(`${sandbox.origin}/_sandbox/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: { email }, inbox, close: true }),
  });
  return ((await answer.json()) as { conversationId: string }).conversationId;
}

/** Requests a page as a browser does under a public name that leads to this server. */
function pageAt(origin: string, host: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const headers = { host, 'user-agent': 'Mozilla/5.0 Firefox/150.0' };
    request({ hostname, port, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}

test('links of two brands lead to their own addresses, and work at each other’s; a removed one keeps its name', async () => {
  const gladly = await testGladly({ size: 0 });
  const { env, sandbox } = gladly;
  await set(
    ...([env, 'workshop', 'inboxes=Repairs Workshop', 'companyName=Rook Workshop'] as const),
    ...['publicUrl=https://csat.workshop.example', 'from=workshop@haldenrook.example.com'],
  );
  await set(env, 'atelier', 'inboxes=VIP Outfitting', 'companyName=Atelier Halden', 'language=fr');
  const links: URL[] = [];
  for (const inbox of ['Repairs Workshop', 'VIP Outfitting']) {
    const id = await closedIn(gladly, inbox, `${inbox.length}@example.org`);
    const { document } = await runJsonInside(['replay', '--', id], { env });
    links.push(new URL(document.survey.url));
  }
  expect(links.map(({ host }) => host)).toEqual(['csat.workshop.example', 'csat.example.com']);
  expect(sandbox.mailbox().map(({ from }) => from)).toEqual([
    ...['workshop@haldenrook.example.com', sandbox.fromAddress],
  ]);
  const serve = async (work: (origin: string) => Promise<void>): Promise<void> => {
    const child = start(['serve', '--json', '--port', '0', '--no-catch-up'], { env });
    const listening = await new Promise<string>((resolve, reject) => {
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.includes('\n')) resolve((JSON.parse(printed) as { listening: string }).listening);
      });
      child.on('close', (code) => reject(new Error(`serve ended: ${code} ${printed}`)));
    });
    await work(listening);
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  await serve(async (origin) => {
    for (const host of ['csat.workshop.example', 'csat.example.com']) {
      const [workshop, atelier] = await Promise.all(
        links.map(({ pathname }) => pageAt(origin, host, pathname)),
      );
      expect([workshop!.status, atelier!.status]).toEqual([200, 200]);
      expect(workshop!.text).toContain('Rook Workshop');
      expect(workshop!.text).not.toContain('Halden');
      expect(atelier!.text).toContain('Atelier Halden');
      expect(atelier!.text).toContain('<html lang="fr"');
    }
    const forged = await pageAt(origin, 'csat.workshop.example', `/s/${'a'.repeat(44)}`);
    expect([forged.status, forged.text.includes('Rook'), forged.text.includes('Halden')]).toEqual([
      ...[404, false, false],
    ]);
  });
  await runInside(['configure', 'brand', 'remove', 'atelier', '--yes'], { env });
  await serve(async (origin) => {
    const page = await pageAt(origin, 'csat.example.com', links[1]!.pathname);
    expect([page.status, page.text.includes('Atelier Halden')]).toEqual([200, true]);
    expect(page.text).not.toContain('Outfitters');
  });
});
