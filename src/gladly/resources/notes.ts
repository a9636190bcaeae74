import { Problem, problemOf, unreadable } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';
import type { Answer } from '../../http/transport.ts';
import { certaintyOf, type SendOutcome } from './communication.ts';

/** The contract states no body. */
const mostAnswerBytes = 1024 * 1024;

/**
 * Adds a note to a conversation, once: it has no id of ours, so a repeat would be a second note
 * (addNoteToConversation). `leaving` is awaited right before the request leaves; if it throws, its error is passed on
 * and nothing leaves.
 */
export async function addConversationNote(
  requests: Requests,
  conversationId: string,
  body: string,
  leaving: () => Promise<void>,
): Promise<SendOutcome> {
  const call: Call = {
    operation: 'addNoteToConversation',
    about: { noun: 'conversation', id: conversationId },
    method: 'POST',
    path: apiPath`/conversations/${conversationId}/notes`,
    // As the contract requires and as its example shows; its schema defines another field.
    json: { content: { body } },
    freshConnection: true,
  };
  let answer: Answer;
  try {
    answer = await requests.once(call, leaving);
  } catch (error) {
    if (error instanceof Problem) return certaintyOf(error);
    throw error;
  }
  const sent: SendOutcome = { status: 'sent', externalId: null, customerId: null };
  if (answer.status === 201) {
    await answer.drain();
    return sent;
  }
  // Another server's success, e.g. the login page of a proxy, proves nothing.
  const subject = requests.subject(call);
  try {
    const text = await answer.text(mostAnswerBytes);
    if (text.trim() !== '') JSON.parse(text);
    return sent;
  } catch (error) {
    const problem = problemOf(subject, error);
    const { failure } = problem instanceof Problem ? problem : unreadable(subject, 'it is not JSON');
    return { status: 'uncertain', failure };
  }
}
