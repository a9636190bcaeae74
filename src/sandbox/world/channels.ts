import { companyNumbers, fromAddress } from './organization.ts';

export const channels = [
  'chat',
  'email',
  'sms',
  'voice',
  'facebook',
  'instagram',
  'whatsapp',
  'custom',
] as const;

export type Channel = (typeof channels)[number];

/** Channel names in contact events. The contract has none for custom channels, so these have no contact events. */
export const contactChannels: Record<Channel, string | null> = {
  chat: 'CHAT',
  email: 'EMAIL',
  sms: 'SMS',
  voice: 'PHONE_CALL',
  facebook: 'FB_MESSENGER',
  instagram: 'INSTAGRAM_DIRECT',
  whatsapp: 'WHATSAPP',
  custom: null,
};

/** Where a conversation takes place. */
export interface Place {
  channel: Channel;
  subject: string;
  customerEmail: string;
  customerPhone: string;
  sessionId: string;
}

/** The content of a text message as the channel writes it; `outbound` is from the company to the customer. */
export function messageContent(place: Place, outbound: boolean, text: string): Record<string, unknown> {
  const [companyNumber] = companyNumbers;
  const numbers = outbound
    ? { from: companyNumber, to: place.customerPhone }
    : { from: place.customerPhone, to: companyNumber };
  switch (place.channel) {
    case 'chat':
      return { type: 'CHAT_MESSAGE', messageType: 'TEXT', sessionId: place.sessionId, content: text };
    case 'email':
      return {
        type: 'EMAIL',
        from: outbound ? fromAddress : place.customerEmail,
        to: [outbound ? place.customerEmail : fromAddress],
        subject: outbound ? `Re: ${place.subject}` : place.subject,
        content: text,
      };
    case 'sms':
    case 'voice':
      return { type: 'SMS', ...numbers, content: text };
    case 'facebook':
      return {
        type: 'FACEBOOK_MESSAGE',
        pageId: '100550142000001',
        userId: '100550142999999',
        content: text,
      };
    case 'instagram':
      return { type: 'INSTAGRAM_DIRECT', content: text };
    case 'whatsapp':
      return { type: 'WHATSAPP', content: text };
    case 'custom':
      return {
        customChannelId: 'tradepost-direct',
        companyAddress: 'halden-and-rook',
        customerAddress: place.customerEmail,
        sessionId: place.sessionId,
        type: 'TEXT',
        content: { text },
        ...(outbound ? { status: { value: 'DELIVERED' } } : {}),
      };
  }
}
