import type { Words } from '../sentences.ts';

export const fr: Words = {
  direction: 'ltr',
  nameless: 'Service client',
  conversations: {
    email: 'Votre échange par e\u2011mail',
    chat: 'Votre échange par chat',
    sms: 'Votre échange par SMS',
    voice: 'Votre appel téléphonique',
    fbMessenger: 'Votre échange sur Messenger',
    instagramDirect: 'Votre échange sur Instagram',
    whatsapp: 'Votre échange sur WhatsApp',
    twitter: 'Votre échange sur Twitter',
    conversation: 'Votre échange',
  },
  question: (agent) => `Comment s’est passé votre échange avec ${agent ?? 'nous'}\u202f?`,
  greeting: (customer) => `Bonjour ${customer},`,
  about: (conversation, company, day) => `${conversation} avec ${company} du ${day}`,
  stars: (rating) => (rating === 1 ? '1 étoile sur 5' : `${rating} étoiles sur 5`),
  verdicts: ['Mauvais', 'Décevant', 'Correct', 'Bien', 'Excellent'],
  unsubscribeLink: 'Ne plus recevoir d’enquêtes',
  mail: {
    subject: (company, agent) =>
      agent === null
        ? `Comment s’est passé votre échange avec ${company}\u202f?`
        : `Comment s’est passé votre échange avec ${agent} (${company})\u202f?`,
    preview: 'Pour commencer, il suffit de toucher une étoile.',
    instruction:
      'Choisissez une note. Sur la page suivante, vous pourrez ajouter un commentaire et envoyer votre réponse.',
    openSurvey: 'Ouvrir l’enquête',
    whyYou: (company) => `Vous recevez ce message car vous avez été en contact avec ${company}.`,
  },
  sms: (company, agent) =>
    `${company} : que pensez-vous de votre échange avec ${agent ?? 'nous'} ? Répondez :`,
  reminder: {
    subject: (subject) => `Rappel\u202f: ${subject}`,
    opening: 'Nous vous avons récemment demandé votre avis et n’avons pas encore reçu votre réponse.',
    sms: (company, agent) =>
      `${company} : rappel. Votre avis sur votre échange avec ${agent ?? 'nous'} ? Ici :`,
  },
  page: {
    optional: 'facultatif',
    rating: 'Votre note',
    chooseStar: 'Choisissez de 1 à 5 étoiles',
    resolved: 'Votre problème a-t-il été résolu\u202f?',
    yes: 'Oui',
    no: 'Non',
    noAnswer: 'Je préfère ne pas répondre',
    reason: 'Quelle en est la raison principale\u202f?',
    comment: 'Souhaitez-vous ajouter un commentaire\u202f?',
    send: 'Envoyer ma réponse',
    sendAgain: 'Modifier ma réponse',
    answeredAlready: 'Vous avez déjà répondu. Une nouvelle réponse remplacera la précédente.',
    whoReads: (company) => `Votre réponse sera transmise à l’équipe ${company}.`,
    titleOfProblem: (title) => `Pas encore envoyé\u202f: ${title}`,
    problem: 'Votre réponse n’a pas encore été envoyée',
    ratingMissing: 'Veuillez choisir une note de 1 à 5 étoiles.',
    commentTooLong: (most) => `Veuillez limiter votre commentaire à ${most} caractères.`,
    reasonUnknown: 'Veuillez choisir l’une des raisons proposées.',
    scaleUnknown: 'Veuillez choisir un nombre de 0 à 10.',
    choiceUnknown: 'Veuillez choisir l’une des réponses proposées.',
    wordsTooLong: (most) => `Veuillez limiter votre réponse à ${most} caractères.`,
    thanks: 'Merci beaucoup\u202f!',
    saved: (company) => `Votre réponse est enregistrée et va être transmise à l’équipe ${company}.`,
    wasResolved: 'Votre problème a été résolu.',
    wasNotResolved: 'Votre problème n’a pas été résolu.',
    yourReason: 'Votre raison principale',
    yourComment: 'Votre commentaire',
    ofTen: (number) => `${number} sur 10`,
    change: 'Modifier ma réponse',
    closed: {
      title: 'Ce lien n’est plus actif',
      text: 'Il se peut que l’enquête soit terminée, que votre réponse soit déjà définitive ou qu’il manque une partie de l’adresse. Vous n’avez rien d’autre à faire.',
    },
    refused: {
      title: 'Votre réponse n’a pas été envoyée',
      text: 'Elle provenait d’un autre site. Veuillez rouvrir le lien reçu dans votre message et répondre à partir de là.',
    },
    tooLarge: {
      title: 'Votre réponse était trop longue',
      text: 'Nous n’avons pas pu l’enregistrer. Veuillez revenir en arrière, raccourcir votre commentaire et la renvoyer.',
    },
    notUnderstood: {
      title: 'Votre réponse n’a pas été envoyée',
      text: 'Nous n’avons pas pu la lire. Veuillez rouvrir le lien reçu dans votre message et répondre à partir de là.',
    },
    busy: {
      title: 'Un instant, s’il vous plaît',
      text: 'Nous avons reçu trop de demandes en peu de temps. Veuillez patienter une minute, puis réessayer.',
    },
    broken: {
      title: 'Un problème est survenu de notre côté',
      text: 'Nous en sommes désolés. Veuillez réessayer dans quelques minutes.',
    },
    notFound: {
      title: 'Page introuvable',
      text: 'Il manque peut-être une partie de l’adresse. Veuillez rouvrir le lien reçu dans votre message.',
    },
    unsubscribe: (company) => ({
      title: 'Ne plus recevoir d’enquêtes\u202f?',
      text: `Cliquez sur le bouton et ${company} ne vous enverra plus d’enquêtes.`,
    }),
    unsubscribeButton: 'Me désinscrire',
    unsubscribed: (company) => ({
      title: 'Votre désinscription est confirmée',
      text: `${company} ne vous enverra plus d’enquêtes.`,
    }),
    unsubscribedByMistake: (company) => `S’agit-il d’une erreur\u202f? Veuillez contacter ${company}.`,
    trial: {
      title: 'C’était un test',
      text: 'Cette enquête n’a été envoyée à aucun client, donc personne n’a été désinscrit. Pour une vraie enquête, la désinscription serait déjà effective.',
    },
  },
};
