import type { Words } from '../sentences.ts';

export const es: Words = {
  direction: 'ltr',
  nameless: 'Atención al Cliente',
  conversations: {
    email: 'Su conversación por correo electrónico',
    chat: 'Su chat',
    sms: 'Su conversación por SMS',
    voice: 'Su llamada telefónica',
    fbMessenger: 'Su conversación por Messenger',
    instagramDirect: 'Su conversación por Instagram',
    whatsapp: 'Su conversación por WhatsApp',
    twitter: 'Su conversación por Twitter',
    conversation: 'Su conversación',
  },
  question: (agent) =>
    agent === null ? '¿Cómo fue nuestra atención?' : `¿Cómo fue la atención de ${agent}?`,
  about: (conversation, company, day) => `${conversation} con ${company} del ${day}`,
  stars: (rating) => `${rating} de 5 estrellas`,
  verdicts: ['Mala', 'No muy buena', 'Aceptable', 'Buena', 'Excelente'],
  unsubscribeLink: 'No quiero recibir más encuestas',
  mail: {
    subject: (company, agent) =>
      agent === null
        ? `¿Cómo fue la atención de ${company}?`
        : `¿Cómo fue la atención de ${agent} (${company})?`,
    preview: 'Basta con tocar una estrella para empezar.',
    instruction:
      'Elija una estrella. En la página siguiente podrá añadir unas palabras y enviar su respuesta.',
    openSurvey: 'Abrir la página de la encuesta',
    whyYou: (company) => `Recibe este mensaje porque estuvo en contacto con ${company}.`,
  },
  sms: (company, agent) => `${company}: ¿Qué tal le fue con ${agent ?? 'nosotros'}? Responda en:`,
  page: {
    optional: 'opcional',
    rating: 'Su valoración',
    chooseStar: 'Elija de 1 a 5 estrellas',
    resolved: '¿Se resolvió su consulta?',
    yes: 'Sí',
    no: 'No',
    noAnswer: 'Prefiero no decirlo',
    comment: '¿Desea contarnos algo más?',
    send: 'Enviar respuesta',
    sendAgain: 'Cambiar respuesta',
    answeredAlready: 'Ya ha respondido. Si envía otra respuesta, sustituirá a la anterior.',
    whoReads: (company) => `Su respuesta llegará al equipo de ${company}.`,
    titleOfProblem: (title) => `Aún no se ha enviado: ${title}`,
    problem: 'Su respuesta aún no se ha enviado',
    ratingMissing: 'Por favor, elija una valoración de 1 a 5 estrellas.',
    commentTooLong: (most) => `Por favor, acorte su comentario a ${most} caracteres como máximo.`,
    thanks: '¡Muchas gracias!',
    saved: (company) => `Su respuesta se ha guardado y va en camino al equipo de ${company}.`,
    wasResolved: 'Su consulta se resolvió.',
    wasNotResolved: 'Su consulta no se resolvió.',
    yourComment: 'Su comentario',
    change: 'Cambiar mi respuesta',
    closed: {
      title: 'Este enlace ya no está activo',
      text: 'Es posible que la encuesta haya terminado, que su respuesta ya sea definitiva o que falte una parte de la dirección. No tiene que hacer nada más.',
    },
    refused: {
      title: 'Su respuesta no se ha enviado',
      text: 'Procedía de otro sitio web. Por favor, abra de nuevo el enlace de su mensaje y responda allí.',
    },
    tooLarge: {
      title: 'Su respuesta era demasiado larga',
      text: 'No se ha podido guardar. Por favor, vuelva atrás, acorte su comentario y envíelo de nuevo.',
    },
    notUnderstood: {
      title: 'Su respuesta no se ha enviado',
      text: 'No llegó en un formato que podamos leer. Por favor, abra de nuevo el enlace de su mensaje y responda allí.',
    },
    busy: {
      title: 'Un momento, por favor',
      text: 'Ha habido demasiadas solicitudes en poco tiempo. Por favor, espere un minuto e inténtelo de nuevo.',
    },
    broken: {
      title: 'Ha ocurrido un error por nuestra parte',
      text: 'Lo sentimos. Por favor, inténtelo de nuevo dentro de unos minutos.',
    },
    notFound: {
      title: 'Aquí no hay ninguna página',
      text: 'Es posible que falte una parte de la dirección. Por favor, abra de nuevo el enlace de su mensaje.',
    },
    unsubscribe: (company) => ({
      title: '¿No desea más encuestas?',
      text: `Pulse el botón y no recibirá más encuestas de ${company}.`,
    }),
    unsubscribeButton: 'Darse de baja',
    unsubscribed: (company) => ({
      title: 'Se ha dado de baja',
      text: `No recibirá más encuestas de ${company}.`,
    }),
    unsubscribedByMistake: (company) => `¿Ha sido un error? Por favor, póngase en contacto con ${company}.`,
    trial: {
      title: 'Esto era una prueba',
      text: 'Esta encuesta no se envió a nadie, así que nadie se ha dado de baja. En una encuesta real, este botón habría funcionado.',
    },
  },
};
