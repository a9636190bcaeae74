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
    agent === null ? '¿Qué le pareció nuestra atención?' : `¿Qué le pareció la atención de ${agent}?`,
  greeting: (customer) => `Hola, ${customer}:`,
  about: (conversation, company, day) => `${conversation} con ${company} del ${day}`,
  stars: (rating) => `${rating} de 5 estrellas`,
  verdicts: ['Mala', 'No muy buena', 'Aceptable', 'Buena', 'Excelente'],
  unsubscribeLink: 'No quiero recibir más encuestas',
  mail: {
    subject: (company, agent) =>
      agent === null
        ? `¿Qué le pareció la atención de ${company}?`
        : `¿Qué le pareció la atención de ${agent} (${company})?`,
    preview: 'Para empezar, basta con tocar una estrella.',
    instruction:
      'Elija una valoración. En la página siguiente podrá añadir un comentario y enviar su respuesta.',
    openSurvey: 'Abrir la encuesta',
    whyYou: (company) => `Recibe este mensaje porque estuvo en contacto con ${company}.`,
  },
  sms: (company, agent) => `${company}: ¿Qué tal le fue con ${agent ?? 'nosotros'}? Responda en:`,
  reminder: {
    subject: (subject) => `Recordatorio: ${subject}`,
    opening: 'Hace poco le pedimos su opinión y todavía no hemos recibido su respuesta.',
    sms: (company, agent) =>
      `${company}: Recordatorio: ¿Qué tal le fue con ${agent ?? 'nosotros'}? Responda en:`,
  },
  page: {
    optional: 'opcional',
    rating: 'Su valoración',
    chooseStar: 'Elija de 1 a 5 estrellas',
    resolved: '¿Se resolvió su consulta?',
    yes: 'Sí',
    no: 'No',
    noAnswer: 'Prefiero no responder',
    reason: '¿Cuál fue el motivo principal?',
    comment: '¿Quiere contarnos algo más?',
    send: 'Enviar respuesta',
    sendAgain: 'Actualizar respuesta',
    answeredAlready:
      'Ya ha respondido a esta encuesta. Si vuelve a responder, la nueva respuesta sustituirá a la anterior.',
    whoReads: (company) => `Su respuesta llegará al equipo de ${company}.`,
    titleOfProblem: (title) => `Aún no se ha enviado: ${title}`,
    problem: 'Su respuesta aún no se ha enviado',
    ratingMissing: 'Elija una valoración de 1 a 5 estrellas.',
    commentTooLong: (most) => `Acorte su comentario a ${most} caracteres como máximo.`,
    reasonUnknown: 'Elija uno de los motivos.',
    scaleUnknown: 'Elija un número del 0 al 10.',
    choiceUnknown: 'Elija una de las respuestas.',
    wordsTooLong: (most) => `Acorte su respuesta a ${most} caracteres como máximo.`,
    thanks: '¡Muchas gracias!',
    saved: (company) => `Hemos guardado su respuesta y se la haremos llegar al equipo de ${company}.`,
    wasResolved: 'Su consulta se resolvió.',
    wasNotResolved: 'Su consulta no se resolvió.',
    yourReason: 'Su motivo principal',
    yourComment: 'Su comentario',
    ofTen: (number) => `${number} de 10`,
    change: 'Cambiar mi respuesta',
    closed: {
      title: 'Este enlace ya no está activo',
      text: 'Es posible que la encuesta haya terminado, que su respuesta ya sea definitiva o que falte una parte de la dirección. No tiene que hacer nada más.',
    },
    refused: {
      title: 'Su respuesta no se ha enviado',
      text: 'Procedía de otro sitio web. Abra de nuevo el enlace de su mensaje y responda desde ahí.',
    },
    tooLarge: {
      title: 'Su respuesta era demasiado larga',
      text: 'No hemos podido guardarla. Vuelva atrás, acorte su comentario y envíela de nuevo.',
    },
    notUnderstood: {
      title: 'Su respuesta no se ha enviado',
      text: 'No nos llegó en un formato legible. Abra de nuevo el enlace de su mensaje y responda desde ahí.',
    },
    busy: {
      title: 'Un momento, por favor',
      text: 'Hemos recibido demasiadas solicitudes en poco tiempo. Espere un minuto e inténtelo de nuevo.',
    },
    broken: {
      title: 'Algo ha fallado por nuestra parte',
      text: 'Lo sentimos. Inténtelo de nuevo dentro de unos minutos.',
    },
    notFound: {
      title: 'Página no encontrada',
      text: 'Es posible que falte una parte de la dirección. Abra de nuevo el enlace de su mensaje.',
    },
    unsubscribe: (company) => ({
      title: '¿No desea recibir más encuestas?',
      text: `Pulse el botón y no recibirá más encuestas de ${company}.`,
    }),
    unsubscribeButton: 'Darse de baja',
    unsubscribed: (company) => ({
      title: 'Se ha dado de baja',
      text: `No recibirá más encuestas de ${company}.`,
    }),
    unsubscribedByMistake: (company) => `¿Ha sido un error? Póngase en contacto con ${company}.`,
    trial: {
      title: 'Era una prueba',
      text: 'Esta encuesta no se envió a ningún cliente, así que no se ha dado de baja a nadie. En una encuesta real, la baja ya sería efectiva.',
    },
  },
};
