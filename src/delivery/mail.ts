import type { SurveyMessage } from '../ports/delivery-provider.ts';
import { singleLine } from '../html/single-line.ts';
import { templateData, type MailBrand } from './template-data.ts';
import type { MailTemplate } from './template.ts';

export interface Mail {
  /** One line, under 200 characters. */
  subject: string;
  html: string;
  text: string;
}

/** @throws Failure `survey_link_invalid` when a link is not a web address */
export type MailComposer = (message: SurveyMessage) => Mail;

const longestSubject = 199;

export function createMailComposer(options: { template: MailTemplate; brand?: MailBrand }): MailComposer {
  const { subject, html, text } = options.template.parts;
  return (message) => {
    const data = templateData(message, options.brand);
    return {
      subject: singleLine(`${message.prefix ?? ''} ${subject.render(data)}`, longestSubject),
      html: `${html.render(data).trim()}\n`,
      text: `${text.render(data).trim()}\n`,
    };
  };
}
