import { describe, expect, test } from 'vitest';
import { greetingName } from '../../src/delivery/greeting-name.ts';

const publicUrl = 'https://csat.acme.example/pages';
const sender = 'care@acme.example';

describe('the name that a mail server is greeted with', () => {
  test.each([
    'mail.acme.example',
    'ip-10-0-0-7.eu.acme.example',
    // Only the last labels make a name local.
    'home.acme.com',
    'corp.acme.com',
    'test.acme.de',
    'acme.box',
    'mail.acme.ad',
    'mail.acme.host',
  ])('is the full name %s of the host', (host) =>
    expect(greetingName({ publicUrl, sender, host })).toBe(host),
  );

  test.each([
    'gcsat',
    '3f2b1c9d0e1a',
    '',
    'localhost.localdomain',
    'macbook.local',
    '10.0.0.7',
    'web_1.acme.example',
    'a b.example',
    'web.corp',
    'srv1.acme.corp',
    'nas.home',
    'app.intranet',
    'db.private',
    'localhost.localdomain6',
    'localhost.localhost4',
    'gcsat.test',
    'gcsat.docker',
    'fritz.box',
    'nas.fritz.box',
    'PC.speedport.ip',
    'mx.acme.internal',
    'node.home.arpa',
  ])('is that of the survey page where the host is called %j', (host) =>
    expect(greetingName({ publicUrl, sender, host })).toBe('csat.acme.example'),
  );

  test.each([
    null,
    'http://localhost:8080',
    'http://127.0.0.1:8080',
    'http://[::1]',
    'http://csat.local',
    'https://csat.acme.test',
  ])('is the domain of the sender where the survey page is at %j', (url) =>
    expect(greetingName({ publicUrl: url, sender, host: 'gcsat' })).toBe('acme.example'),
  );
});
