import type { CardItem } from '../domain/survey/card.ts';
import type { Closing } from '../domain/closing/closing.ts';
import type { DocumentRevision } from './answer.ts';
import type { RequestFigures } from './survey.ts';

/** What `post` prints. Times are RFC 3339 in UTC. */
export interface PostDocument {
  conversationId: string;
  surveyId: string;
  customerId: string;
  outcome: 'posted' | 'already_posted' | 'would_post';
  answer: DocumentRevision;
  agent: Closing['agent'];
  card: { itemId: string; postedAt: string | null; body: CardItem };
  requests: RequestFigures;
}
