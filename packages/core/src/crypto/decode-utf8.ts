import type { Crypto } from './contract.ts';

export const decodeUtf8: Crypto<never>['decodeUtf8'] = (bytes) => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

// `fatal`: bad bytes are an error, not a replacement character. A byte order mark is left out.
const decoder = new TextDecoder('utf-8', { fatal: true });
