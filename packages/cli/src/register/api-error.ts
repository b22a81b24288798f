import { maskValues } from '../mask-values.ts';
import { CommandError } from '../terminal/command-error.ts';
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';

/** Twenty did not do what it was asked. */
export class ApiError extends CommandError {
  /** Whether it was done nevertheless: nobody knows after a lost answer. */
  readonly isDone: 'no' | 'perhaps';

  constructor(
    code: string,
    message: string,
    {
      exitCode = exitCodes.usage,
      isDone = 'no',
    }: { readonly exitCode?: ExitCode; readonly isDone?: 'no' | 'perhaps' } = {},
  ) {
    super(code, message, { exitCode });
    this.isDone = isDone;
  }
}

export interface RefusingAnswer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
}

/** What a status from 300 on means, and what to do. What was told in confidence is masked where Twenty says it again. */
export function refusal(
  base: string,
  { status, text, location, retryAfter }: RefusingAnswer,
  confidential: readonly string[],
): ApiError {
  const said = messageOf(text, confidential);
  const about = `${status}${said === undefined ? '' : `: ${said}`}`;
  const at = printable(base);
  if (status < 400) {
    return new ApiError(
      'API_REDIRECT',
      `${at} redirects to ${hostOf(base, location && maskValues(location, confidential))} (${status}), and the key is sent to no other address. Set TWENTY_API_URL to where it leads.`,
    );
  }
  if (status === 401) {
    return new ApiError(
      'API_KEY_REFUSED',
      `Twenty does not accept the API key (${about}). Check that TWENTY_API_KEY is whole, not expired, and of a workspace on ${at}; make a new one under Settings > API & Webhooks.`,
    );
  }
  if (status === 403) {
    return new ApiError(
      'API_KEY_LACKS_RIGHT',
      `The API key may not change webhooks (${about}). Give its role the right to "API Keys & Webhooks" under Settings > Roles.`,
    );
  }
  if (status === 404 && said !== 'Webhook not found') {
    return new ApiError(
      'API_URL_WRONG',
      `There is no API of Twenty at ${at} (${about}). Set TWENTY_API_URL to the server, like https://crm.example.com; /rest is added.`,
    );
  }
  if (status === 429) {
    const when = /^\d+$/.test(retryAfter ?? '') ? `in ${retryAfter} s` : 'in a minute';
    return new ApiError('API_LIMIT_REACHED', `Twenty's limit of requests is reached (${about}). Try again ${when}.`, {
      exitCode: exitCodes.unreachable,
    });
  }
  if (status >= 500) {
    return new ApiError('API_FAILED', `Twenty at ${at} failed (${about}). Try again; its own log says why.`, {
      exitCode: exitCodes.unreachable,
      isDone: 'perhaps',
    });
  }
  return new ApiError('API_REFUSED', `Twenty refused (${about}).`);
}

/** `{ messages: [] }` of Twenty's REST errors, `{ message }` of others. */
function messageOf(text: string, confidential: readonly string[]): string | undefined {
  try {
    const { messages, message } = Object(JSON.parse(text)) as {
      readonly messages?: unknown;
      readonly message?: unknown;
    };
    const said = [messages, message].flat().filter((one) => typeof one === 'string');
    return said.length === 0 ? undefined : printable(maskValues(said.join('; '), confidential)).slice(0, 300);
  } catch {
    return undefined;
  }
}

function hostOf(base: string, location: string | undefined): string {
  if (location === undefined || !URL.canParse(location, base)) return 'somewhere else';
  const { protocol, host } = new URL(location, base);
  return `${protocol}//${printable(host)}`;
}
