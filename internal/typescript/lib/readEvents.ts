/** What a client waits before it comes again, in milliseconds. */
const DEFAULT_RETRY = 3_000;
const SHORTEST_RETRY = 10;
const LONGEST_RETRY = 60_000;
const LONGEST_WAIT = 86_400_000; // whatever the server asks for; timers have no more than 32 bits

async function* readEvents(
  connection: Connection,
  request: ApiRequest,
  options: EventOptions = {},
): AsyncGenerator<ServerEvent, void, undefined> {
  const state = { lastId: options.lastEventId ?? "", retry: DEFAULT_RETRY };
  if (options.reconnect && request.body instanceof ReadableStream) {
    throw new InvalidRequestError("a body that is a stream cannot be sent again");
  }
  request.headers.set("Accept", "text/event-stream");
  for (let failures = 1; ; failures++) {
    let after = 0;
    try {
      if (state.lastId !== "") {
        if (/[\0-\x08\x0a-\x1f\x7f]/.test(state.lastId)) {
          throw new InvalidRequestError(`the event ID ${JSON.stringify(state.lastId)} cannot be sent back`);
        }
        request.headers.set("Last-Event-ID", byteText(state.lastId));
      }
      const response = await connection.send(request, options);
      if (response.status === 204) {
        return;
      }
      if (!/^text\/event-stream\b/i.test(response.headers.get("Content-Type") ?? "")) {
        throw await toError(request, response);
      }
      for await (const event of parseEvents(response, state)) {
        failures = 0;
        yield event;
      }
    } catch (error) {
      if (!options.reconnect || options.signal?.aborted || !isPassing(error)) {
        throw error;
      }
      after = error instanceof ApiError ? Number(error.headers.get("Retry-After") ?? 0) * 1000 || 0 : 0;
    }
    if (!options.reconnect) {
      return;
    }
    const first = Math.max(state.retry, SHORTEST_RETRY);
    const wait = Math.min(first * 2 ** Math.max(0, failures - 1), Math.max(first, LONGEST_RETRY));
    const asked = Math.max(wait * (1 + Math.random() / 2), after);
    await pause(Math.min(asked, LONGEST_WAIT), options.signal);
  }
}

/** Whether trying again may help. A lost connection is a TypeError of fetch, or has a code. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) {
    return error.status >= 500 || [408, 425, 429].includes(error.status);
  }
  if (error instanceof InvalidRequestError) {
    return false;
  }
  return error instanceof TypeError || (error instanceof Error && "code" in error);
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Reads events as the HTML standard says (§9.2.6). */
async function* parseEvents(
  response: Response,
  state: { lastId: string; retry: number },
): AsyncGenerator<ServerEvent, void, undefined> {
  let name = "";
  let id = state.lastId;
  let data: string[] = [];
  let retry: number | undefined;
  for await (const line of readTextLines(response)) {
    if (line === "") {
      state.lastId = id;
      if (data.length > 0) {
        yield { name, id, data: data.join("\n"), ...(retry === undefined ? {} : { retry }) };
      }
      [name, data, retry] = ["", [], undefined];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") {
      name = value;
    } else if (field === "data") {
      data.push(value);
    } else if (field === "id" && !value.includes("\0")) {
      id = value;
    } else if (field === "retry" && /^[0-9]+$/.test(value)) {
      retry = state.retry = Number(value);
    }
  }
}
