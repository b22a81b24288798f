import type { Logger } from '@twenty-webhooks/core';

export const silent: Logger = { warn() {}, error() {} };
