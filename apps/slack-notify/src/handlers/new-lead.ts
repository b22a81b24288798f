import { fullName, type HandlerOf, primaryEmail } from '@twenty-webhooks/express';
import type { Env } from '../env.ts';
import { toLink, toMarkup, toMessage } from '../message.ts';
import type { SlackChannel } from '../slack.ts';

/** `person.created`: tell the channel about a new lead. */
export function announceLead(slack: SlackChannel, { twentyUrl }: Env): HandlerOf<'person.created'> {
  return ({ data: { id, attributes: person } }, context) => {
    const name = fullName(person) || primaryEmail(person) || '';
    const facts = {
      Email: toMarkup(primaryEmail(person)),
      'Job title': toMarkup(person?.jobTitle),
      Company: toLink(twentyUrl, 'company', person?.companyId ?? '', 'Open company'),
    };
    const message = toMessage({ title: 'New lead', name, facts, link: toLink(twentyUrl, 'person', id) });
    return slack.postOnce(message, context);
  };
}
