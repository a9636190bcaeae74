import type { Words } from '../sentences.ts';

export const en: Words = {
  direction: 'ltr',
  nameless: 'Customer Support',
  conversations: {
    email: 'Your email conversation',
    chat: 'Your chat',
    sms: 'Your text messages',
    voice: 'Your phone call',
    fbMessenger: 'Your Messenger conversation',
    instagramDirect: 'Your Instagram conversation',
    whatsapp: 'Your WhatsApp conversation',
    twitter: 'Your Twitter conversation',
    conversation: 'Your conversation',
  },
  question: (agent) => (agent === null ? 'How did we do?' : `How did ${agent} do?`),
  greeting: (customer) => `Hello ${customer},`,
  about: (conversation, company, day) => `${conversation} with ${company} on ${day}`,
  stars: (rating) => `${rating} out of 5 stars`,
  verdicts: ['Poor', 'Not so good', 'Okay', 'Good', 'Excellent'],
  unsubscribeLink: 'Unsubscribe from these surveys',
  mail: {
    subject: (company, agent) =>
      agent === null ? `How did ${company} do?` : `How did ${agent} from ${company} do?`,
    preview: 'Tap a star to get started.',
    instruction: 'Choose a rating. On the next page, you can add a comment and send your feedback.',
    openSurvey: 'Open the survey',
    whyYou: (company) => `You’re receiving this email because you were in touch with ${company}.`,
  },
  sms: (company, agent) => `${company}: How did ${agent ?? 'we'} do? Please tell us here:`,
  page: {
    optional: 'optional',
    rating: 'Your rating',
    chooseStar: 'Choose 1 to 5 stars',
    resolved: 'Was your issue resolved?',
    yes: 'Yes',
    no: 'No',
    noAnswer: 'Prefer not to say',
    comment: 'Anything else you’d like to tell us?',
    send: 'Send feedback',
    sendAgain: 'Update feedback',
    answeredAlready:
      'You’ve already sent us feedback. If you send it again, it replaces what you sent before.',
    whoReads: (company) => `Your feedback goes to the team at ${company}.`,
    titleOfProblem: (title) => `Not sent yet: ${title}`,
    problem: 'Your feedback has not been sent yet',
    ratingMissing: 'Please choose a rating from 1 to 5 stars.',
    commentTooLong: (most) => `Please shorten your comment to ${most} characters or fewer.`,
    thanks: 'Thank you!',
    saved: (company) => `Your feedback has been saved and is on its way to the team at ${company}.`,
    wasResolved: 'Your issue was resolved.',
    wasNotResolved: 'Your issue was not resolved.',
    yourComment: 'Your comment',
    change: 'Change my feedback',
    closed: {
      title: 'This link is no longer active',
      text: 'The survey may have ended, your feedback may already be final, or part of the address may be missing. You don’t need to do anything else.',
    },
    refused: {
      title: 'Your feedback was not sent',
      text: 'It came from another website. Please open the link in your message again and send it from there.',
    },
    tooLarge: {
      title: 'Your feedback was too long',
      text: 'We couldn’t save it. Please go back, shorten your comment, and send it again.',
    },
    notUnderstood: {
      title: 'Your feedback was not sent',
      text: 'It didn’t reach us in a form we can read. Please open the link in your message again and send it from there.',
    },
    busy: {
      title: 'One moment, please',
      text: 'We received too many requests in a short time. Please wait a minute and try again.',
    },
    broken: {
      title: 'Something went wrong on our end',
      text: 'We’re sorry. Please try again in a few minutes.',
    },
    notFound: {
      title: 'Page not found',
      text: 'Part of the address may be missing. Please open the link in your message again.',
    },
    unsubscribe: (company) => ({
      title: 'Unsubscribe from surveys?',
      text: `Press the button to stop receiving surveys from ${company}.`,
    }),
    unsubscribeButton: 'Unsubscribe',
    unsubscribed: (company) => ({
      title: 'You’re unsubscribed',
      text: `You will no longer receive surveys from ${company}.`,
    }),
    unsubscribedByMistake: (company) => `Was this a mistake? Please contact ${company}.`,
    trial: {
      title: 'This was a test',
      text: 'This survey was never sent to a customer, so nobody was unsubscribed. In a real survey, the customer would be unsubscribed now.',
    },
  },
};
