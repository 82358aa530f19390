/** Sends the requests of a client. */
class Connection {
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions) {
    if (/[?#]/.test(options.baseUrl)) {
      throw new TypeError(`the base URL ${options.baseUrl} must not have a query or fragment`);
    }
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/$/, "");
  }

  /** Returns the answer, or throws it if it is an error. */
  async send(request: ApiRequest, options: CallOptions = {}): Promise<Response> {
    const prepared = await this.#prepare(request, options);
    const init: RequestInit & { duplex?: "half" } = {
      ...prepared.init,
      method: request.method,
      headers: prepared.headers,
    };
    if (request.body !== undefined) {
      init.body = request.body;
    }
    if (request.body instanceof ReadableStream) {
      init.duplex = "half"; // without it fetch refuses streams
    }
    if (options.signal) {
      init.signal = options.signal;
    }
    const send = this.#options.fetch ?? fetch;
    const response = await send(prepared.url, init);
    const { expects } = request;
    if (response.status < 400 || (!isProblem(response) && (expects === "any" || expects.includes(response.status)))) {
      return response;
    }
    throw await toError(request, response);
  }

  async #prepare(request: ApiRequest, options: CallOptions): Promise<PreparedRequest> {
    const query = request.query.toString();
    const headers = new Headers(await valueOf(this.#options.headers));
    for (const more of [request.headers, new Headers(options.headers)]) {
      more.forEach((value, name) => headers.set(name, value));
    }
    if (!headers.has("Authorization")) {
      const authorization = await this.#authorization(request, options);
      if (authorization !== undefined) {
        headers.set("Authorization", authorization);
      }
    }
    const prepared: PreparedRequest = {
      url: this.#base + request.path + (query === "" ? "" : `?${query}`),
      method: request.method,
      headers,
      init: { ...this.#options.init, ...options.init },
    };
    await this.#options.onRequest?.(prepared);
    return prepared;
  }

  async #authorization(request: ApiRequest, options: CallOptions): Promise<string | undefined> {
    if (options.authorization !== undefined) {
      return options.authorization;
    }
    if (options.basicAuth) {
      return basic(options.basicAuth);
    }
    if (options.token !== undefined) {
      return options.token ? `Bearer ${options.token}` : undefined;
    }
    const { basicAuth } = this.#options;
    if (basicAuth && request.takesBasicAuth) {
      return basic(basicAuth);
    }
    const authorization = await valueOf(this.#options.authorization);
    if (authorization) {
      return authorization;
    }
    const token = await valueOf(this.#options.token);
    if (token) {
      return `Bearer ${token}`;
    }
    return basicAuth && basic(basicAuth);
  }
}

async function valueOf<T>(value: Lazy<T> | undefined): Promise<T | undefined> {
  return typeof value === "function" ? await (value as () => T | Promise<T>)() : value;
}

function basic({ username, password }: BasicAuth): string {
  if (username.includes(":")) {
    throw new InvalidRequestError(`basic authentication: the name ${username} has a colon`);
  }
  return `Basic ${btoa(byteText(`${username}:${password}`))}`;
}
