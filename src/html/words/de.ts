import type { Words } from '../sentences.ts';

export const de: Words = {
  direction: 'ltr',
  nameless: 'Kundenservice',
  conversations: {
    email: 'Ihr E\u2011Mail-Austausch',
    chat: 'Ihr Chat',
    sms: 'Ihr SMS-Austausch',
    voice: 'Ihr Telefonat',
    fbMessenger: 'Ihre Unterhaltung über Messenger',
    instagramDirect: 'Ihre Unterhaltung über Instagram',
    whatsapp: 'Ihre Unterhaltung über WhatsApp',
    twitter: 'Ihre Unterhaltung über Twitter',
    conversation: 'Ihre Unterhaltung',
  },
  question: (agent) => `Wie zufrieden waren Sie mit ${agent ?? 'uns'}?`,
  greeting: (customer) => `Guten Tag ${customer},`,
  about: (conversation, company, day) => `${conversation} mit ${company} vom ${day}`,
  stars: (rating) => `${rating} von 5 Sternen`,
  verdicts: ['Schlecht', 'Weniger gut', 'In Ordnung', 'Gut', 'Ausgezeichnet'],
  unsubscribeLink: 'Keine Umfragen mehr erhalten',
  mail: {
    subject: (company, agent) =>
      agent === null
        ? `Wie zufrieden waren Sie mit ${company}?`
        : `Wie zufrieden waren Sie mit ${agent} von ${company}?`,
    preview: 'Tippen Sie einfach auf einen Stern.',
    instruction:
      'Wählen Sie Ihre Bewertung. Auf der nächsten Seite können Sie einen Kommentar hinzufügen und Ihre Antwort senden.',
    openSurvey: 'Zur Umfrage',
    whyYou: (company) => `Sie erhalten diese Nachricht, weil Sie mit ${company} in Kontakt waren.`,
  },
  sms: (company, agent) => `${company}: Wie zufrieden waren Sie mit ${agent ?? 'uns'}? Antworten Sie hier:`,
  reminder: {
    subject: (subject) => `Erinnerung: ${subject}`,
    opening: 'Wir haben Sie kürzlich um Ihre Meinung gebeten und noch nichts von Ihnen gehört.',
    sms: (company, agent) =>
      `${company}: Erinnerung: Wie zufrieden waren Sie mit ${agent ?? 'uns'}? Antwort hier:`,
  },
  page: {
    optional: 'optional',
    rating: 'Ihre Bewertung',
    chooseStar: 'Wählen Sie 1 bis 5 Sterne',
    resolved: 'Wurde Ihr Anliegen geklärt?',
    yes: 'Ja',
    no: 'Nein',
    noAnswer: 'Keine Angabe',
    reason: 'Was war der Hauptgrund?',
    comment: 'Möchten Sie uns noch etwas mitteilen?',
    send: 'Antwort senden',
    sendAgain: 'Antwort ändern',
    answeredAlready: 'Sie haben bereits geantwortet. Eine neue Antwort ersetzt die bisherige.',
    whoReads: (company) => `Ihre Antwort geht an das Team von ${company}.`,
    titleOfProblem: (title) => `Noch nicht gesendet: ${title}`,
    problem: 'Ihre Antwort wurde noch nicht gesendet',
    ratingMissing: 'Bitte wählen Sie eine Bewertung von 1 bis 5 Sternen.',
    commentTooLong: (most) => `Bitte kürzen Sie Ihren Kommentar auf höchstens ${most} Zeichen.`,
    reasonUnknown: 'Bitte wählen Sie einen der Gründe aus.',
    scaleUnknown: 'Bitte wählen Sie eine Zahl von 0 bis 10.',
    choiceUnknown: 'Bitte wählen Sie eine der Antworten aus.',
    wordsTooLong: (most) => `Bitte kürzen Sie Ihre Antwort auf höchstens ${most} Zeichen.`,
    thanks: 'Vielen Dank!',
    saved: (company) => `Ihre Antwort wurde gespeichert und geht jetzt an das Team von ${company}.`,
    wasResolved: 'Ihr Anliegen wurde geklärt.',
    wasNotResolved: 'Ihr Anliegen wurde nicht geklärt.',
    yourReason: 'Ihr Hauptgrund',
    yourComment: 'Ihr Kommentar',
    ofTen: (number) => `${number} von 10`,
    change: 'Meine Antwort ändern',
    closed: {
      title: 'Dieser Link ist nicht mehr aktiv',
      text: 'Möglicherweise ist die Umfrage beendet, Ihre Antwort lässt sich nicht mehr ändern oder ein Teil der Adresse fehlt. Sie müssen nichts weiter tun.',
    },
    refused: {
      title: 'Ihre Antwort wurde nicht gesendet',
      text: 'Sie kam von einer anderen Website. Bitte öffnen Sie den Link in Ihrer Nachricht noch einmal und antworten Sie dort.',
    },
    tooLarge: {
      title: 'Ihre Antwort war zu lang',
      text: 'Wir konnten sie nicht speichern. Bitte gehen Sie zurück, kürzen Sie Ihren Kommentar und senden Sie sie noch einmal.',
    },
    notUnderstood: {
      title: 'Ihre Antwort wurde nicht gesendet',
      text: 'Wir konnten sie nicht lesen. Bitte öffnen Sie den Link in Ihrer Nachricht noch einmal und antworten Sie dort.',
    },
    busy: {
      title: 'Einen Moment, bitte',
      text: 'Wir haben in kurzer Zeit zu viele Anfragen erhalten. Bitte warten Sie eine Minute und versuchen Sie es noch einmal.',
    },
    broken: {
      title: 'Bei uns ist etwas schiefgegangen',
      text: 'Das tut uns leid. Bitte versuchen Sie es in ein paar Minuten noch einmal.',
    },
    notFound: {
      title: 'Seite nicht gefunden',
      text: 'Möglicherweise fehlt ein Teil der Adresse. Bitte öffnen Sie den Link in Ihrer Nachricht noch einmal.',
    },
    unsubscribe: (company) => ({
      title: 'Keine Umfragen mehr?',
      text: `Wenn Sie auf die Schaltfläche klicken, erhalten Sie keine Umfragen mehr von ${company}.`,
    }),
    unsubscribeButton: 'Abmelden',
    unsubscribed: (company) => ({
      title: 'Sie sind abgemeldet',
      text: `Sie erhalten keine Umfragen mehr von ${company}.`,
    }),
    unsubscribedByMistake: (company) => `War das ein Versehen? Bitte wenden Sie sich an ${company}.`,
    trial: {
      title: 'Das war ein Test',
      text: 'Diese Umfrage wurde an niemanden verschickt, also wurde auch niemand abgemeldet. Bei einer echten Umfrage wäre die Abmeldung jetzt wirksam.',
    },
  },
};
