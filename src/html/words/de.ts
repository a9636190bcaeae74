import type { Words } from '../sentences.ts';

export const de: Words = {
  direction: 'ltr',
  nameless: 'Kundenservice',
  conversations: {
    email: 'Ihr E-Mail-Austausch',
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
  about: (conversation, company, day) => `${conversation} mit ${company} am ${day}`,
  stars: (rating) => `${rating} von 5 Sternen`,
  verdicts: ['Schlecht', 'Weniger gut', 'In Ordnung', 'Gut', 'Ausgezeichnet'],
  unsubscribeLink: 'Ich möchte keine weiteren Umfragen',
  mail: {
    subject: (company, agent) =>
      agent === null
        ? `Wie zufrieden waren Sie mit ${company}?`
        : `Wie zufrieden waren Sie mit ${agent} von ${company}?`,
    preview: 'Ein Tipp auf einen Stern genügt für den Anfang.',
    instruction:
      'Wählen Sie einen Stern. Auf der nächsten Seite können Sie etwas dazu schreiben und Ihre Antwort senden.',
    openSurvey: 'Umfrageseite öffnen',
    whyYou: (company) => `Sie erhalten diese Nachricht, weil Sie mit ${company} in Kontakt waren.`,
  },
  sms: (company, agent) => `${company}: Wie zufrieden waren Sie mit ${agent ?? 'uns'}? Antworten Sie hier:`,
  page: {
    optional: 'freiwillig',
    rating: 'Ihre Bewertung',
    chooseStar: 'Wählen Sie 1 bis 5 Sterne',
    resolved: 'Wurde Ihr Anliegen gelöst?',
    yes: 'Ja',
    no: 'Nein',
    noAnswer: 'Keine Angabe',
    comment: 'Möchten Sie uns noch etwas sagen?',
    send: 'Antwort senden',
    sendAgain: 'Antwort ändern',
    answeredAlready: 'Sie haben bereits geantwortet. Eine neue Antwort ersetzt die bisherige.',
    whoReads: (company) => `Ihre Antwort geht an das Team von ${company}.`,
    titleOfProblem: (title) => `Noch nicht gesendet: ${title}`,
    problem: 'Ihre Antwort wurde noch nicht gesendet',
    ratingMissing: 'Bitte wählen Sie eine Bewertung von 1 bis 5 Sternen.',
    commentTooLong: (most) => `Bitte kürzen Sie Ihren Kommentar auf höchstens ${most} Zeichen.`,
    thanks: 'Vielen Dank!',
    saved: (company) => `Ihre Antwort ist gespeichert und geht jetzt an das Team von ${company}.`,
    wasResolved: 'Ihr Anliegen wurde gelöst.',
    wasNotResolved: 'Ihr Anliegen wurde nicht gelöst.',
    yourComment: 'Ihr Kommentar',
    change: 'Meine Antwort ändern',
    closed: {
      title: 'Dieser Link ist nicht mehr aktiv',
      text: 'Vielleicht ist die Umfrage beendet, Ihre Antwort steht schon fest, oder ein Teil der Adresse fehlt. Sie brauchen nichts weiter zu tun.',
    },
    refused: {
      title: 'Ihre Antwort wurde nicht gesendet',
      text: 'Sie kam von einer anderen Website. Bitte öffnen Sie den Link in Ihrer Nachricht noch einmal und antworten Sie dort.',
    },
    tooLarge: {
      title: 'Ihre Antwort war zu lang',
      text: 'Sie konnte nicht gespeichert werden. Bitte gehen Sie zurück, kürzen Sie Ihren Kommentar und senden Sie ihn noch einmal.',
    },
    notUnderstood: {
      title: 'Ihre Antwort wurde nicht gesendet',
      text: 'Sie kam nicht in einer lesbaren Form an. Bitte öffnen Sie den Link in Ihrer Nachricht noch einmal und antworten Sie dort.',
    },
    busy: {
      title: 'Einen Moment, bitte',
      text: 'Es kamen zu viele Anfragen in kurzer Zeit. Bitte warten Sie eine Minute und versuchen Sie es noch einmal.',
    },
    broken: {
      title: 'Bei uns ist etwas schiefgegangen',
      text: 'Das tut uns leid. Bitte versuchen Sie es in ein paar Minuten noch einmal.',
    },
    notFound: {
      title: 'Hier gibt es keine Seite',
      text: 'Vielleicht fehlt ein Teil der Adresse. Bitte öffnen Sie den Link in Ihrer Nachricht noch einmal.',
    },
    unsubscribe: (company) => ({
      title: 'Keine Umfragen mehr?',
      text: `Mit einem Klick auf die Schaltfläche erhalten Sie keine Umfragen mehr von ${company}.`,
    }),
    unsubscribeButton: 'Abmelden',
    unsubscribed: (company) => ({
      title: 'Sie sind abgemeldet',
      text: `Sie erhalten keine Umfragen mehr von ${company}.`,
    }),
    unsubscribedByMistake: (company) => `War das ein Versehen? Bitte wenden Sie sich an ${company}.`,
    trial: {
      title: 'Das war ein Test',
      text: 'Diese Umfrage ging an niemanden, also wurde niemand abgemeldet. In einer echten Umfrage hätte diese Schaltfläche gewirkt.',
    },
  },
};
