import { numberOf, textOf } from '../domain/values/json.ts';
import { problem } from './errors.ts';
import type { Route } from './exchange.ts';
import { answerSurvey } from './medallia/answer.ts';
import { profileStates, rowsAfter } from './medallia/company.ts';
import { controlBody } from './medallia/routes.ts';
import { refuse } from './reply.ts';
import type { Sandbox } from './server.ts';

/** What people do at Agent Connect: customers answer and unsubscribe, and profiles change. */
export const controlMedalliaRoutes: readonly Route<Sandbox>[] = [
  {
    method: 'GET',
    pattern: '/_sandbox/medallia',
    handle: ({ company }) => ({
      status: 200,
      json: {
        rows: rowsAfter(company, 0),
        testRequests: company.testRequests,
        employees: company.employees,
        unsubscribed: [...company.unsubscribed],
      },
    }),
  },
  {
    method: 'POST',
    pattern: '/_sandbox/medallia/answers',
    handle({ company }, request) {
      const { interactionId, rating, comment, resolved } = controlBody(request);
      const stars = numberOf(rating);
      if (stars === null || ![1, 2, 3, 4, 5].includes(stars))
        return refuse(400, problem('invalid', 'rating must be a number from 1 to 5'));
      const row = answerSurvey(company, textOf(interactionId) ?? '', {
        rating: stars,
        comment: textOf(comment),
        resolved: typeof resolved === 'boolean' ? resolved : null,
      });
      if (row === undefined)
        return refuse(404, problem('not_found', 'no survey was sent for this interaction'));
      return { status: 200, json: row };
    },
  },
  {
    method: 'PUT',
    pattern: '/_sandbox/medallia/employees',
    handle({ company }, request) {
      const { email, state } = controlBody(request);
      const employee = company.employees.find((one) => one.email === email);
      const wanted = profileStates.find((one) => one === state);
      if (employee === undefined || wanted === undefined)
        return refuse(400, problem('invalid', 'no employee has this email, or the state is unknown'));
      employee.state = wanted;
      return { status: 200, json: employee };
    },
  },
  {
    method: 'PUT',
    pattern: '/_sandbox/medallia/unsubscribed',
    handle({ company }, request) {
      const email = textOf(controlBody(request)['email']);
      if (email === null) return refuse(400, problem('invalid', 'email must be an address'));
      company.unsubscribed.add(email.toLowerCase());
      return { status: 200, json: [...company.unsubscribed] };
    },
  },
];
