import { isObject } from '../domain/values/json.ts';
import { problem, type Problem } from './errors.ts';
import type { JsonObject } from './exchange.ts';
import { forbiddenMarkup } from './rich-content.ts';
import { day, readTime } from './time.ts';

const activityTypes = ['EMAIL', 'ISSUE', 'SMS', 'SURVEY'];

/** Checks one text field; the contract counts characters. */
function textProblems(value: unknown, attr: string, limit: number, rich = false): Problem[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') return [problem('invalid', `${attr} must be a string`, attr)];
  if (value.length > limit) return [problem('too_long', `${attr} is longer than ${limit}`, attr)];
  const forbidden = rich ? forbiddenMarkup(value) : undefined;
  return forbidden === undefined
    ? []
    : [problem('invalid', `${attr} contains markup that is not allowed: ${forbidden}`, attr)];
}

function activityProblems(content: JsonObject, now: number): Problem[] {
  const problems = [
    ...textProblems(content.title, 'content.title', 100),
    ...textProblems(content.body, 'content.body', 25_000, true),
    ...textProblems(content.sourceName, 'content.sourceName', 50),
  ];
  const { activityType, link, expandByDefault, occurredAt } = content;
  if (activityType === undefined)
    problems.push(problem('blank', 'activityType cannot be blank', 'content.activityType'));
  else if (typeof activityType !== 'string' || !activityTypes.includes(activityType))
    problems.push(
      problem('invalid', `activityType must be one of ${activityTypes.join(', ')}`, 'content.activityType'),
    );
  if (link !== undefined) {
    if (!isObject(link)) problems.push(problem('invalid', 'link must be an object', 'content.link'));
    else
      problems.push(
        ...textProblems(link.url, 'content.link.url', 2000),
        ...textProblems(link.text, 'content.link.text', 50),
      );
  }
  if (expandByDefault !== undefined && typeof expandByDefault !== 'boolean')
    problems.push(problem('invalid', 'expandByDefault must be true or false', 'content.expandByDefault'));
  if (occurredAt !== undefined) {
    const at = typeof occurredAt === 'string' ? readTime(occurredAt) : undefined;
    if (at === undefined)
      problems.push(problem('invalid', 'occurredAt must be an RFC3339 time', 'content.occurredAt'));
    else if (at < now - 365 * day)
      problems.push(problem('invalid', 'occurredAt must not be older than 1 year', 'content.occurredAt'));
  }
  if (content.receivedAt !== undefined)
    problems.push(problem('present', 'receivedAt cannot be set', 'content.receivedAt'));
  return problems;
}

function taskProblems(content: JsonObject, now: number): Problem[] {
  const problems = textProblems(content.body, 'content.body', 10_000, true);
  if (content.body === undefined) problems.push(problem('blank', 'body cannot be blank', 'content.body'));
  const { assignee, dueAt } = content;
  if (!isObject(assignee) || typeof assignee.inboxId !== 'string')
    problems.push(problem('blank', 'inboxId cannot be blank', 'content.assignee.inboxId'));
  const due = typeof dueAt === 'string' ? readTime(dueAt) : undefined;
  if (due === undefined) problems.push(problem('blank', 'dueAt cannot be blank', 'content.dueAt'));
  else if (due <= now) problems.push(problem('invalid', 'dueAt must be in the future', 'content.dueAt'));
  return problems;
}

/** What is wrong with an item to create, in the contract's terms. */
export function newItemProblems(body: JsonObject, now: number): Problem[] {
  const { id, content } = body;
  const problems: Problem[] = [];
  if (id !== undefined) {
    if (typeof id !== 'string' || !/^[A-Za-z0-9._~-]+$/.test(id))
      problems.push(problem('invalid', 'id must be URL-safe', 'id'));
    else if (id.length > 50) problems.push(problem('too_long', 'id is longer than 50', 'id'));
  }
  if (content === undefined || content === null)
    return [...problems, problem('blank', 'content cannot be blank', 'content')];
  if (!isObject(content)) return [...problems, problem('invalid', 'content must be an object', 'content')];
  switch (content.type) {
    case 'CUSTOMER_ACTIVITY':
      return [...problems, ...activityProblems(content, now)];
    case 'TASK':
      return [...problems, ...taskProblems(content, now)];
    case undefined:
      return [...problems, problem('blank', 'type cannot be blank', 'content.type')];
    default:
      return [...problems, problem('invalid', 'type must be CUSTOMER_ACTIVITY or TASK', 'content.type')];
  }
}
