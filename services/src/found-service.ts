/** A server to test with. It is shared: use a database or a prefix of your own, and do not stop or configure it. */
export interface FoundService {
  readonly url: string;
  /** `environment`: a variable names it. `machine`: it listens at the standard port. `started`: for this process. */
  readonly origin: 'environment' | 'machine' | 'started';
  /** End it, if it was started here. Otherwise it ends with this process. */
  close(): Promise<void>;
}

export interface FindServiceOptions {
  /** Where that of this machine listens. @default its standard port */
  readonly port?: number | undefined;
}
