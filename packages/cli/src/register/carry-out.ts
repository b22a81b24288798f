import { CommandError } from '../terminal/command-error.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import { ApiError } from './api-error.ts';
import type { ApiConnection } from './api-request.ts';
import type { SecretChoice } from './choose-secret.ts';
import { setInEnvFile } from './env-file.ts';
import type { Plan } from './plan-registration.ts';
import { createWebhook, updateWebhook, type Webhook } from './twenty-webhooks-api.ts';

/**
 * Write the `.env` file, then tell Twenty: between the two there may be a crash, and a secret that only Twenty had would be
 * lost.
 */
export async function carryOut(
  connection: ApiConnection,
  { existing, changes }: Plan,
  { secret, toWrite }: SecretChoice,
  envFile: string | undefined,
): Promise<Webhook> {
  const isWritten = envFile !== undefined && Object.keys(toWrite).length > 0;
  const putBack = isWritten ? setInEnvFile(envFile, toWrite) : () => true;
  const body = { ...changes, ...(secret !== undefined && { secret }) };
  try {
    return existing === undefined
      ? await createWebhook(connection, body)
      : await updateWebhook(connection, existing, body);
  } catch (error) {
    if (!isWritten) throw error;
    const names = Object.keys(toWrite).join(' and ');
    if (error instanceof ApiError && error.isDone === 'no') {
      const file = putBack()
        ? 'is as it was.'
        : `was written by somebody else meanwhile, and is left so: look whether its ${names} ${names.includes(' ') ? 'are those' : 'is that'} of Twenty.`;
      throw new CommandError(error.code, `${error.message} ${printable(envFile)} ${file}`, {
        exitCode: error.exitCode,
        cause: error,
      });
    }
    const { code = 'API_FAILED', exitCode = exitCodes.unreachable, message } = error as Partial<ApiError>;
    throw new CommandError(
      code,
      `${message} Whether Twenty has done it is not known; ${printable(envFile)} holds ${secret === toWrite.TWENTY_WEBHOOK_SECRET ? 'the new secret' : names} already. Look with "twenty-webhooks list", and run this again.`,
      { exitCode, cause: error },
    );
  }
}
