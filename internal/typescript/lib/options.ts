/** The headers that fetch takes. */
type HeadersLike = ConstructorParameters<typeof Headers>[0];

/** A value, or a function that is asked for it before each request. */
type Lazy<T> = T | (() => T | Promise<T>);

/** A name and a password (RFC 7617). */
export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/** A request that is about to be sent. What it has may be changed. */
export interface PreparedRequest {
  url: string;
  readonly method: string;
  readonly headers: Headers;
  /** What fetch gets beside the URL, the method, the headers and the body. */
  readonly init: RequestInit;
}

/** The settings of a client. */
export interface ClientOptions {
  /** Where the API is: "https://api.example.com/v1", or "/api" in a browser. */
  readonly baseUrl: string;
  /** What sends requests in place of the global fetch. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Added to each request. */
  readonly headers?: Lazy<HeadersLike> | undefined;
  /** A bearer token, sent with each request. */
  readonly token?: Lazy<string | undefined> | undefined;
  /** Sent with each request that takes it, and with all if there is no token. */
  readonly basicAuth?: BasicAuth | undefined;
  /** The whole Authorization header, for other schemes. */
  readonly authorization?: Lazy<string | undefined> | undefined;
  /** More for fetch, such as `{ credentials: "include" }`. */
  readonly init?: RequestInit | undefined;
  /** Is called with each request before it is sent. */
  readonly onRequest?: ((request: PreparedRequest) => void | Promise<void>) | undefined;
}

/** The settings of one call. */
export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
  /** Added to the request, in place of those of the same name. */
  readonly headers?: HeadersLike | undefined;
  /** A bearer token in place of the client's credentials; null for none at all. */
  readonly token?: string | null | undefined;
  /** In place of the client's credentials. */
  readonly basicAuth?: BasicAuth | undefined;
  /** The whole Authorization header, in place of the client's credentials. */
  readonly authorization?: string | undefined;
  /** More for fetch, such as `{ redirect: "manual" }`. */
  readonly init?: RequestInit | undefined;
}
