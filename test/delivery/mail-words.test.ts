import { describe, expect, test } from 'vitest';
import { mailWords } from '../../src/delivery/mail-words.ts';
import { languages, wordsOf } from '../../src/html/languages.ts';

const occasion = {
  greeted: null,
  agentFirstName: 'Anna',
  companyName: 'Acme',
  channel: 'voice',
  closedOn: 'THE-DAY',
  isReminder: false,
};

describe.each(languages)('the words in %s', (language) => {
  test('name the agent when known, and nobody when not', () => {
    const known = mailWords(wordsOf(language), occasion);
    const unknown = mailWords(wordsOf(language), { ...occasion, agentFirstName: null });
    expect(known.question).toContain('Anna');
    expect(known.subject).toContain('Anna');
    expect(JSON.stringify(unknown)).not.toMatch(/Anna|null|undefined/);
    expect(unknown.subject).toContain('Acme');
  });

  test('say what it is about, differently for each channel', () => {
    const channels = [
      'email',
      'chat',
      'sms',
      'voice',
      'fbMessenger',
      'instagramDirect',
      'whatsapp',
      'twitter',
      null,
    ];
    const about = channels.map((channel) => mailWords(wordsOf(language), { ...occasion, channel }).about);
    expect(new Set(about).size).toBe(channels.length);
    expect(about.every((text) => text.includes('Acme') && text.includes('THE-DAY'))).toBe(true);
  });

  test.each(['custom', 'carrierPigeon', '__proto__', 'constructor', 'toString'])(
    'call a conversation over %s just a conversation',
    (channel) => {
      expect(mailWords(wordsOf(language), { ...occasion, channel })).toEqual(
        mailWords(wordsOf(language), { ...occasion, channel: null }),
      );
    },
  );

  test('leave no sentence empty', () => {
    const words = mailWords(wordsOf(language), { ...occasion, greeted: 'Robin Sample', isReminder: true });
    expect(words.greeting).toContain('Robin Sample');
    expect(Object.values(words).filter((text) => text.trim() === '')).toEqual([]);
  });

  test('say of a reminder that it is one, in the subject and in the first sentence', () => {
    const first = mailWords(wordsOf(language), occasion);
    const reminder = mailWords(wordsOf(language), { ...occasion, isReminder: true });
    expect(first.opening).toBe('');
    expect(reminder.subject).not.toBe(first.subject);
    expect(reminder.subject.endsWith(first.subject)).toBe(true);
    expect({ ...reminder, subject: first.subject, opening: '' }).toEqual(first);
  });

  test('label every star differently, with its number', () => {
    const labels = [1, 2, 3, 4, 5].map((rating) => wordsOf(language).stars(rating));
    expect(new Set(labels).size).toBe(5);
    labels.forEach((label, index) => expect(label).toContain(String(index + 1)));
  });
});
