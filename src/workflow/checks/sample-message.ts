import type { SurveyLinks } from '../../domain/survey/token.ts';
import type { SurveyMessage } from '../../ports/delivery-provider.ts';

/** A sample survey about no real conversation, for a made-up customer. */
export function sampleMessage({
  links,
  ...given
}: Pick<SurveyMessage, 'surveyId' | 'closedAt' | 'companyName' | 'language' | 'isReminder'> & {
  links: SurveyLinks;
}): SurveyMessage {
  return {
    ...given,
    conversationId: 'sample',
    closingId: 'sample',
    to: { address: 'robin.sample@example.com', name: 'Robin Sample' },
    agent: { name: 'Anna Sample', firstName: 'Anna' },
    channel: 'email',
    timeZone: null,
    surveyUrl: links.survey,
    ratingUrls: links.ratings,
    unsubscribeUrl: links.unsubscribe,
  };
}
