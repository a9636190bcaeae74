/** What people write in the sandbox. A script is one kind of problem, in the words of the customer and the agents. */
export interface Script {
  topic: string;
  /** Index into the inboxes of the organization. */
  inbox: number;
  subject: string;
  openings: readonly string[];
  answers: readonly string[];
  replies: readonly string[];
  solutions: readonly string[];
}

export const scripts: readonly Script[] = [
  {
    topic: 'Where is my order',
    inbox: 0,
    subject: 'Parcel has not moved for days',
    openings: [
      'Hi, my parcel has been sitting in the same depot since Thursday. Is it lost?',
      'The tracking page says "label created" and nothing else. We leave for the mountains on Friday!',
      'Bonjour, ma commande devait arriver lundi. Auriez-vous des nouvelles ?',
    ],
    answers: [
      'I am sorry about the wait. I have just asked the carrier for a depot search; they answer within a few hours.',
      'Thank you for writing. I can see the parcel was scanned twice in the same place, so I have opened a trace.',
    ],
    replies: [
      'Thanks. Should I be at home to sign for it?',
      'Okay, but what happens if they do not find it?',
    ],
    solutions: [
      'Good news: it is on the van and comes tomorrow before noon. No signature needed.',
      'They could not find it, so a new one leaves our warehouse tonight by express, at our cost.',
    ],
  },
  {
    topic: 'Change of address',
    inbox: 0,
    subject: 'Wrong house number',
    openings: [
      'I typed house number 12 instead of 21. Can you still change that?',
      'We moved last week and I forgot to change my address before ordering the rucksack.',
    ],
    answers: [
      'That can be done, as it has not been packed. What is the full new address?',
      'Let me check with the warehouse. Could you send me the address as it should be on the label?',
    ],
    replies: ['21 Alder Row, same town. Thank you!', 'Sent it to you just now, same street, other number.'],
    solutions: [
      'All set, the label is corrected. It leaves this afternoon.',
      'Done. You will get a new confirmation in a few minutes.',
    ],
  },
  {
    topic: 'Exchange',
    inbox: 1,
    subject: 'Boots one size too small',
    openings: [
      'The boots are lovely but half a size too small. How do I swap them?',
      'Guten Tag, die Jacke fällt sehr klein aus. Kann ich sie gegen L tauschen?',
    ],
    answers: [
      'Of course. I have put the next size aside for you and sent you a return label.',
      'No problem at all. Would you like the same color, one size up?',
    ],
    replies: ['Yes please, same color.', 'Do I have to wait until you have received mine?'],
    solutions: [
      'The exchange is booked; the new pair leaves today, you have two weeks to send the old one back.',
      'No need to wait, both parcels will cross on the road. Enjoy them!',
    ],
  },
  {
    topic: 'Refund',
    inbox: 1,
    subject: 'Refund has not arrived',
    openings: [
      'I sent the tent back three weeks ago and have not seen any money.',
      'Your mail said five working days for the refund. It has been nine.',
    ],
    answers: [
      'I looked it up: the return was booked, but the payment was held. I am releasing it now.',
      'You are right to ask. The refund went to an expired card, so I need one detail from you.',
    ],
    replies: ['What do you need?', 'How long will it take this time?'],
    solutions: [
      'The refund has left our account just now. Banks take one or two days to show it.',
      'I have sent it to your new card and added free shipping for your next order.',
    ],
  },
  {
    topic: 'Damaged on arrival',
    inbox: 1,
    subject: 'Stove arrived bent',
    openings: [
      'The camping stove arrived with a bent burner, see the photo.',
      'One of the two mugs was broken when I opened the box. The other one is fine.',
    ],
    answers: [
      'Oh no. Thank you for the photo, that is all we need. A new one is on its way.',
      'I am sorry! Please keep the whole one; I will send you another.',
    ],
    replies: ['Do you want the broken one back?', 'That was quick, thank you.'],
    solutions: [
      'No, please recycle it. The new one arrives on Wednesday.',
      'It has left the warehouse. Your tracking number follows by mail.',
    ],
  },
  {
    topic: 'Zip and buckle',
    inbox: 2,
    subject: 'Zip of the fleece is stuck',
    openings: [
      'The zip of my fleece came off on one side after a month. Do you repair that?',
      'Cześć, pękła mi klamra w plecaku. Czy można kupić samą klamrę?',
    ],
    answers: [
      'We do, in our own workshop, and it is free in the first three years.',
      'Yes, the buckle costs nothing. Which model and which year is it?',
    ],
    replies: ['Great, where do I send it?', 'It is the 40 liter one from last spring.'],
    solutions: [
      'I have mailed you a workshop label. It takes about ten days.',
      'The buckle is in the post. Pull the old bar out with pliers, the new one clicks in.',
    ],
  },
  {
    topic: 'Waterproofing',
    inbox: 2,
    subject: 'Shell is no longer waterproof',
    openings: [
      'After two washes the rain no longer runs off my shell. Is that a defect?',
      'Water comes through at the shoulders, exactly under the straps.',
    ],
    answers: [
      'That is the outer finish, not the membrane. Wash it once without softener and tumble it warm.',
      'Under the straps the finish wears off first. We can renew it in the workshop.',
    ],
    replies: ['I will try that tonight.', 'How much would that be?'],
    solutions: [
      'Tell us how it went. If it still soaks, we take it back.',
      'It is included in the care plan that you have, so nothing.',
    ],
  },
  {
    topic: 'Double charge',
    inbox: 3,
    subject: 'Charged twice',
    openings: [
      'My card was charged twice for the same order.',
      'There are two bookings of the same amount on my statement. I ordered once.',
    ],
    answers: [
      'I see both. One is only a reservation; I have canceled it with the bank.',
      'Thank you for the screenshot. The second one was ours, and that is a mistake.',
    ],
    replies: ['When will it disappear?', 'Please give me that in writing.'],
    solutions: [
      'Within two working days. I have sent you the confirmation by mail.',
      'Here it is: the second amount was sent back today.',
    ],
  },
  {
    topic: 'Invoice copy',
    inbox: 3,
    subject: 'Invoice for my employer',
    openings: [
      'I need an invoice with the name of my company on it.',
      'Could you send the invoice of last month once more? It went into the spam folder and is gone.',
    ],
    answers: ['Gladly. Which name and tax number should be on it?', 'Certainly, I am making a new copy now.'],
    replies: ['Birchline Surveying, the number is in my profile.', 'Thank you, as a PDF please.'],
    solutions: ['The invoice is attached to this message.', 'Sent. You also find it in your account.'],
  },
  {
    topic: 'Sizing',
    inbox: 4,
    subject: 'Which length for the sleeping bag?',
    openings: [
      'I am 186 cm tall. Regular or long for the down bag?',
      'Hola, ¿los pantalones de travesía tallan grande?',
    ],
    answers: [
      'Take the long one: you want a hand of room at the feet.',
      'They are true to size, with a little stretch at the knee.',
    ],
    replies: ['And in width?', 'I am between two sizes.'],
    solutions: [
      'The width is the same in both. You can send it back for free if it does not feel right.',
      'Then the smaller one. The waist gives after the first day.',
    ],
  },
  {
    topic: 'Login',
    inbox: 0,
    subject: 'Cannot sign in',
    openings: [
      'The reset link says it has expired, although I click it at once.',
      'I changed my phone and now I do not get the code any more.',
    ],
    answers: [
      'Your mail program opens the link before you do. I have sent you a code instead.',
      'I have removed the old phone. Please sign in and add the new one.',
    ],
    replies: ['Got the code.', 'It asks for the old password.'],
    solutions: ['Wonderful, you are in. Anything else?', 'Choose "forgotten" once more; it works now.'],
  },
  {
    topic: 'Gift card',
    inbox: 3,
    subject: 'Gift card shows zero',
    openings: [
      'The gift card from my aunt shows a balance of zero.',
      'Can I use two gift cards for one order?',
    ],
    answers: [
      'It was bought but never activated. I have done that now.',
      'Yes, up to five of them; add the second one at the payment step.',
    ],
    replies: ['Lovely, it works.', 'I only see one field.'],
    solutions: ['Enjoy the shopping!', 'Press the small plus beside the field. I will tell our web team.'],
  },
];

export const thanks = [
  'Thank you so much!',
  'Perfect, that helps.',
  'Merci beaucoup !',
  'Great service, thanks.',
  'ありがとうございます。',
] as const;

export const notes = [
  'Checked with the warehouse, shelf 14.',
  'Customer was friendly; second contact this month.',
  'Offered free shipping on the next order.',
  'Please leave this with the workshop.',
] as const;

export const assistantLines = [
  'Hello! I am the assistant of Halden & Rook. May I have your order number?',
  'Thanks, one moment while I look that up.',
  'Is there anything else I can help you with?',
] as const;

export const reopenings = [
  'Sorry, one more question: has it really been sent?',
  'It is me again. The tracking still shows nothing.',
  'I am afraid it did not work after all.',
] as const;
