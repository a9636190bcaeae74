import type { Words } from '../sentences.ts';

export const fr: Words = {
  direction: 'ltr',
  nameless: 'Service Client',
  conversations: {
    email: 'Votre échange par e-mail',
    chat: 'Votre discussion en ligne',
    sms: 'Votre échange par SMS',
    voice: 'Votre appel téléphonique',
    fbMessenger: 'Votre échange sur Messenger',
    instagramDirect: 'Votre échange sur Instagram',
    whatsapp: 'Votre échange sur WhatsApp',
    twitter: 'Votre échange sur Twitter',
    conversation: 'Votre échange',
  },
  question: (agent) => `Comment s’est passé votre échange avec ${agent ?? 'nous'}\u00a0?`,
  about: (conversation, company, day) => `${conversation} avec ${company}, le ${day}`,
  stars: (rating) => (rating === 1 ? '1 étoile sur 5' : `${rating} étoiles sur 5`),
  verdicts: ['Décevant', 'Peu satisfaisant', 'Correct', 'Bien', 'Excellent'],
  unsubscribeLink: 'Je ne souhaite plus recevoir d’enquêtes',
  mail: {
    subject: (company, agent) =>
      agent === null
        ? `Que pensez-vous de votre échange avec ${company}\u00a0?`
        : `Que pensez-vous de votre échange avec ${agent} (${company})\u00a0?`,
    preview: 'Touchez une étoile pour commencer.',
    instruction:
      'Choisissez une étoile. Sur la page suivante, vous pourrez ajouter quelques mots et envoyer votre réponse.',
    openSurvey: 'Ouvrir la page de l’enquête',
    whyYou: (company) => `Vous recevez ce message parce que vous avez été en contact avec ${company}.`,
  },
  sms: (company, agent) =>
    `${company} : que pensez-vous de votre échange avec ${agent ?? 'nous'} ? Répondez :`,
  page: {
    optional: 'facultatif',
    rating: 'Votre note',
    chooseStar: 'Choisissez de 1 à 5 étoiles',
    resolved: 'Votre demande a-t-elle été résolue\u00a0?',
    yes: 'Oui',
    no: 'Non',
    noAnswer: 'Sans réponse',
    comment: 'Souhaitez-vous nous dire autre chose\u00a0?',
    send: 'Envoyer ma réponse',
    sendAgain: 'Modifier ma réponse',
    answeredAlready: 'Vous avez déjà répondu. Une nouvelle réponse remplacera la précédente.',
    whoReads: (company) => `Votre réponse sera transmise à l’équipe ${company}.`,
    titleOfProblem: (title) => `Pas encore envoyé\u00a0: ${title}`,
    problem: 'Votre réponse n’a pas encore été envoyée',
    ratingMissing: 'Veuillez choisir une note de 1 à 5 étoiles.',
    commentTooLong: (most) => `Veuillez raccourcir votre commentaire à ${most} caractères au maximum.`,
    thanks: 'Merci beaucoup\u00a0!',
    saved: (company) => `Votre réponse est enregistrée et sera transmise à l’équipe ${company}.`,
    wasResolved: 'Votre demande a été résolue.',
    wasNotResolved: 'Votre demande n’a pas été résolue.',
    yourComment: 'Votre commentaire',
    change: 'Modifier ma réponse',
    closed: {
      title: 'Ce lien n’est plus actif',
      text: 'L’enquête est peut-être terminée, votre réponse est peut-être déjà définitive, ou une partie de l’adresse manque. Vous n’avez rien d’autre à faire.',
    },
    refused: {
      title: 'Votre réponse n’a pas été envoyée',
      text: 'Elle provenait d’un autre site. Veuillez rouvrir le lien de votre message et y répondre.',
    },
    tooLarge: {
      title: 'Votre réponse était trop longue',
      text: 'Elle n’a pas pu être enregistrée. Veuillez revenir en arrière, raccourcir votre commentaire et l’envoyer de nouveau.',
    },
    notUnderstood: {
      title: 'Votre réponse n’a pas été envoyée',
      text: 'Elle n’est pas arrivée sous une forme lisible. Veuillez rouvrir le lien de votre message et y répondre.',
    },
    busy: {
      title: 'Un instant, s’il vous plaît',
      text: 'Il y a eu trop de demandes en peu de temps. Veuillez patienter une minute, puis réessayer.',
    },
    broken: {
      title: 'Un problème est survenu de notre côté',
      text: 'Nous en sommes désolés. Veuillez réessayer dans quelques minutes.',
    },
    notFound: {
      title: 'Il n’y a pas de page ici',
      text: 'Une partie de l’adresse manque peut-être. Veuillez rouvrir le lien de votre message.',
    },
    unsubscribe: (company) => ({
      title: 'Ne plus recevoir d’enquêtes\u00a0?',
      text: `Appuyez sur le bouton et vous ne recevrez plus d’enquêtes de la part de ${company}.`,
    }),
    unsubscribeButton: 'Me désabonner',
    unsubscribed: (company) => ({
      title: 'Vous êtes désabonné(e)',
      text: `Vous ne recevrez plus d’enquêtes de la part de ${company}.`,
    }),
    unsubscribedByMistake: (company) => `C’était une erreur\u00a0? Veuillez contacter ${company}.`,
    trial: {
      title: 'C’était un essai',
      text: 'Cette enquête n’a été envoyée à personne ; personne n’a donc été désinscrit. Dans une vraie enquête, ce bouton aurait fonctionné.',
    },
  },
};
