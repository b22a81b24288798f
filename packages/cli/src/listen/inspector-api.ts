// What the inspector's page and its server say to each other: types only, for both.

/** One HTTP request that came in, in short. Times are milliseconds since 1970, durations milliseconds. */
export interface DeliverySummary {
  /** Rises with every delivery, also over restarts. */
  readonly id: number;
  readonly receivedAtMs: number;
  readonly method: string;
  /** With its query. 200 characters at most in the list and the stream, whole in `DeliveryDetail`. */
  readonly path: string;
  /** Of the body. */
  readonly bytes: number;
  /** As in the answer of the receiver: `accepted`, `duplicate`, `ignored`, `rejected`, `failed`. */
  readonly status: string;
  /** Of `rejected` and `failed`: `SIGNATURE_MISMATCH`. */
  readonly code: string | undefined;
  /** What happened, the likely cause, the fix. */
  readonly reason: string | undefined;
  readonly scheme: 'timestamped' | 'plain' | 'unsigned' | undefined;
  /** `person.created`; also of a delivery that is not genuine, as far as its body can be read. */
  readonly event: string | undefined;
  readonly eventId: string | undefined;
  readonly format: 'server' | 'envelope' | undefined;
  readonly object: string | undefined;
  readonly recordId: string | undefined;
  /** What people call the record: a person's full name, a company's name. */
  readonly recordName: string | undefined;
  /** What the target of `--forward` made of it. */
  readonly forward: ForwardResult | undefined;
  /** Whether the target of `--forward` has not answered yet. */
  readonly isForwarding: boolean;
}

export interface ForwardResult {
  readonly url: string;
  /** `undefined`: no answer that could be passed back, see `error`. */
  readonly status: number | undefined;
  readonly durationMs: number;
  /**
   * `ECONNREFUSED`, `TIMEOUT`, …; `NOT_FORWARDED`: there was no whole body to pass on; `FORWARD_LOOP`: it came back;
   * `FORWARD_ANSWER_TOO_LARGE`.
   */
  readonly error: string | undefined;
  /** In plain words, where it is not a 200 within Twenty's 5 seconds. */
  readonly reason: string | undefined;
  /** Start of the answer's body, as text: 2,000 characters at most, and 200 in the list and the stream. */
  readonly body: string;
}

/** One delivery with all that is known of it. */
export interface DeliveryDetail extends DeliverySummary {
  /** In the order in which they came, names as they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as text; secrets in `metadata.webhook.*` are masked. */
  readonly body: string;
  /** Whether the bytes were UTF-8; else `body` shows replacement characters. */
  readonly isUtf8: boolean;
  /** Whether `body` is not what came, because secrets were masked. */
  readonly isMasked: boolean;
  /** The names of changed fields that the event brought. */
  readonly updatedFields: readonly string[];
  /** The record as this delivery has it (`attributes`, or `previousAttributes` where there are none). */
  readonly record: Readonly<Record<string, unknown>> | undefined;
  /** The record as the last genuine delivery before this one had it. */
  readonly previous: { readonly deliveryId: number; readonly record: Readonly<Record<string, unknown>> } | undefined;
  /** A command that sends the same request again. */
  readonly curl: string;
}

export interface InspectorInfo {
  readonly version: string;
  /** Where Twenty, or a tunnel, is to send deliveries: `http://127.0.0.1:4000/webhooks/twenty`. */
  readonly receiveUrl: string;
  readonly forwardUrl: string | undefined;
  /** Whether there is a secret: without one (`--unsigned`) nothing is verified or freshly signed. */
  readonly hasSecret: boolean;
  /** How many deliveries are kept; older ones are forgotten. */
  readonly keep: number;
}

/** Body of a POST to `/_inspector/deliveries/<id>/replay`. */
export interface ReplayRequest {
  readonly url: string;
  /** `original`: the same bytes and headers, so an old timestamp stays old. `fresh`: the same body, signed anew now. */
  readonly sign: 'original' | 'fresh';
}

export type ReplayResult = ForwardResult;

/** Answer of a request that cannot be done, with a status of 4xx or 5xx. */
export interface InspectorError {
  readonly error: { readonly code: string; readonly message: string };
}

// Routes, all under /_inspector, all for this page only (Host, Origin and Sec-Fetch-Site are checked):
//   GET    info                      InspectorInfo
//   GET    deliveries?before=ID&limit=N   { deliveries: DeliverySummary[] (newest first), total: number }; limit up to 10000
//   GET    deliveries/ID             DeliveryDetail
//   GET    search?text=…             { ids: number[] }: deliveries whose body or headers hold this text, any case
//   POST   deliveries/ID/replay      ReplayRequest → ReplayResult; content-type must be application/json
//   DELETE deliveries                {}: forget all
//   GET    stream                    server-sent events: `delivery` (DeliverySummary, new or changed), `cleared` ({})
