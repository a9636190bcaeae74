import type { Language } from '../html/languages.ts';

/** The words of the survey mail, in every language that we speak. */

/** Facts that the sentences are made of; names are single lines, the date is written in the language. */
export interface Occasion {
  /** Null: nobody to name. */
  agentFirstName: string | null;
  companyName: string;
  /** As in the attribution: `email`, `voice`, …; null or unknown: just a conversation. */
  channel: string | null;
  closedOn: string;
}

/** Every sentence of the mail, ready to be shown. */
export interface Words {
  subject: string;
  /** What inboxes show after the subject. */
  preview: string;
  question: string;
  /** What the question is about: channel, company and date. */
  about: string;
  instruction: string;
  /** The ends of the scale. */
  lowest: string;
  highest: string;
  openSurvey: string;
  whyYou: string;
  unsubscribe: string;
}

interface Vocabulary {
  direction: 'ltr' | 'rtl';
  /** Stands in for the name of a company that has none. */
  nameless: string;
  /** The customer's conversation, by channel; `conversation` for any other. */
  conversations: Record<string, string> & { conversation: string };
  star: (rating: number) => string;
  words: (occasion: Occasion, conversation: string) => Words;
}

const vocabularies = {
  en: {
    direction: 'ltr',
    nameless: 'Customer Support',
    conversations: {
      email: 'your email conversation',
      chat: 'your chat',
      sms: 'your text messages',
      voice: 'your phone call',
      fbMessenger: 'your Messenger conversation',
      instagramDirect: 'your Instagram conversation',
      whatsapp: 'your WhatsApp conversation',
      twitter: 'your Twitter conversation',
      conversation: 'your conversation',
    },
    star: (rating) => `${rating} of 5 stars`,
    words: ({ agentFirstName: agent, companyName: company, closedOn }, conversation) => ({
      subject: agent === null ? `How did ${company} do?` : `How did ${agent} from ${company} do?`,
      preview: 'One tap on a star is all it takes to start.',
      question: agent === null ? 'How did we do?' : `How did ${agent} do?`,
      about: `This is about ${conversation} with ${company}, wrapped up on ${closedOn}.`,
      instruction: 'Pick a star. On the next page you can add a few words and send your answer.',
      lowest: 'Poor',
      highest: 'Excellent',
      openSurvey: 'Open the survey page',
      whyYou: `You are receiving this because you were in touch with ${company}.`,
      unsubscribe: 'Unsubscribe from these surveys',
    }),
  },
  es: {
    direction: 'ltr',
    nameless: 'Atención al Cliente',
    conversations: {
      email: 'su conversación por correo electrónico',
      chat: 'su chat',
      sms: 'su conversación por SMS',
      voice: 'su llamada telefónica',
      fbMessenger: 'su conversación por Messenger',
      instagramDirect: 'su conversación por Instagram',
      whatsapp: 'su conversación por WhatsApp',
      twitter: 'su conversación por Twitter',
      conversation: 'su conversación',
    },
    star: (rating) => `${rating} de 5 estrellas`,
    words: ({ agentFirstName: agent, companyName: company, closedOn }, conversation) => ({
      subject:
        agent === null
          ? `¿Cómo fue la atención de ${company}?`
          : `¿Cómo fue la atención de ${agent} (${company})?`,
      preview: 'Basta con tocar una estrella para empezar.',
      question: agent === null ? '¿Cómo fue nuestra atención?' : `¿Cómo fue la atención de ${agent}?`,
      about: `Se trata de ${conversation} con ${company}, que terminó el ${closedOn}.`,
      instruction:
        'Elija una estrella. En la página siguiente podrá añadir unas palabras y enviar su respuesta.',
      lowest: 'Mala',
      highest: 'Excelente',
      openSurvey: 'Abrir la página de la encuesta',
      whyYou: `Recibe este mensaje porque estuvo en contacto con ${company}.`,
      unsubscribe: 'No recibir más encuestas',
    }),
  },
  fr: {
    direction: 'ltr',
    nameless: 'Service Client',
    conversations: {
      email: 'votre échange par e-mail',
      chat: 'votre discussion en ligne',
      sms: 'votre échange par SMS',
      voice: 'votre appel téléphonique',
      fbMessenger: 'votre échange sur Messenger',
      instagramDirect: 'votre échange sur Instagram',
      whatsapp: 'votre échange sur WhatsApp',
      twitter: 'votre échange sur Twitter',
      conversation: 'votre échange',
    },
    star: (rating) => (rating === 1 ? '1 étoile sur 5' : `${rating} étoiles sur 5`),
    words: ({ agentFirstName: agent, companyName: company, closedOn }, conversation) => ({
      subject:
        agent === null
          ? `Que pensez-vous de votre échange avec ${company}\u00a0?`
          : `Que pensez-vous de votre échange avec ${agent} (${company})\u00a0?`,
      preview: 'Touchez une étoile pour commencer.',
      question: `Comment s’est passé votre échange avec ${agent ?? 'nous'}\u00a0?`,
      about: `Il s’agit de ${conversation} avec ${company}, qui a pris fin le ${closedOn}.`,
      instruction:
        'Choisissez une étoile. Sur la page suivante, vous pourrez ajouter quelques mots et envoyer votre réponse.',
      lowest: 'Décevant',
      highest: 'Excellent',
      openSurvey: 'Ouvrir la page de l’enquête',
      whyYou: `Vous recevez ce message parce que vous avez été en contact avec ${company}.`,
      unsubscribe: 'Ne plus recevoir d’enquêtes',
    }),
  },
  de: {
    direction: 'ltr',
    nameless: 'Kundenservice',
    conversations: {
      email: 'Ihren E-Mail-Austausch',
      chat: 'Ihren Chat',
      sms: 'Ihren SMS-Austausch',
      voice: 'Ihr Telefonat',
      fbMessenger: 'Ihre Unterhaltung über Messenger',
      instagramDirect: 'Ihre Unterhaltung über Instagram',
      whatsapp: 'Ihre Unterhaltung über WhatsApp',
      twitter: 'Ihre Unterhaltung über Twitter',
      conversation: 'Ihre Unterhaltung',
    },
    star: (rating) => `${rating} von 5 Sternen`,
    words: ({ agentFirstName: agent, companyName: company, closedOn }, conversation) => ({
      subject:
        agent === null
          ? `Wie zufrieden waren Sie mit ${company}?`
          : `Wie zufrieden waren Sie mit ${agent} von ${company}?`,
      preview: 'Ein Tipp auf einen Stern genügt für den Anfang.',
      question: `Wie zufrieden waren Sie mit ${agent ?? 'uns'}?`,
      about: `Es geht um ${conversation} mit ${company}, beendet am ${closedOn}.`,
      instruction:
        'Wählen Sie einen Stern. Auf der nächsten Seite können Sie etwas dazu schreiben und Ihre Antwort senden.',
      lowest: 'Schlecht',
      highest: 'Ausgezeichnet',
      openSurvey: 'Umfrageseite öffnen',
      whyYou: `Sie erhalten diese Nachricht, weil Sie mit ${company} in Kontakt waren.`,
      unsubscribe: 'Keine Umfragen mehr erhalten',
    }),
  },
} satisfies Record<Language, Vocabulary>;

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return vocabularies[language].direction;
}

export function namelessCompany(language: Language): string {
  return vocabularies[language].nameless;
}

export function starLabel(language: Language, rating: number): string {
  return vocabularies[language].star(rating);
}

export function wordsFor(language: Language, occasion: Occasion): Words {
  const { conversations, words }: Vocabulary = vocabularies[language];
  const channel = occasion.channel ?? 'conversation';
  const conversation = Object.hasOwn(conversations, channel) ? conversations[channel] : undefined;
  return words(occasion, conversation ?? conversations.conversation);
}
