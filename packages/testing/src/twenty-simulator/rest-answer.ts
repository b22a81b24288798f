/** What a route of the simulated REST API answers. */
export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A request that Twenty refuses. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: keyof typeof errorNames;

  constructor(status: RestError['status'], message: string) {
    super(message);
    this.status = status;
  }

  toAnswer(): RestAnswer {
    const body = { statusCode: this.status, error: errorNames[this.status], messages: [this.message] };
    return { status: this.status, body };
  }
}

const errorNames = {
  400: 'BadRequestException',
  401: 'UnauthorizedException',
  404: 'NotFoundException',
  413: 'PayloadTooLargeException',
  429: 'ThrottlerException',
} as const;
