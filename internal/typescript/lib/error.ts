/** An answer that says that a request failed. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** What the answer holds: decoded if it is JSON, else its text. */
  readonly body: ErrorBody | string | undefined;
  /** The problem document, if it is one. */
  readonly problem: Problem | undefined;

  constructor(request: ApiRequest, response: Response, body: unknown) {
    const problem = isProblem(response) && typeof body === "object" ? (body as Problem) : undefined;
    super(describe(request, response, problem));
    this.method = request.method;
    this.url = response.url || request.path;
    this.status = response.status;
    this.headers = response.headers;
    this.body = body as ErrorBody | string | undefined;
    this.problem = problem;
  }
}

async function toError(request: ApiRequest, response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => ""); // the status says enough
  let body: unknown = text === "" ? undefined : text;
  if (/^application\/(.+\+)?json\b/i.test(response.headers.get("Content-Type") ?? "")) {
    try {
      body = parseJson(text);
    } catch {
      // It stays a text.
    }
  }
  return new ApiError(request, response, body);
}

function isProblem(response: Response): boolean {
  return /^application\/problem\+json\b/i.test(response.headers.get("Content-Type") ?? "");
}

function describe(request: ApiRequest, response: Response, problem: Problem | undefined): string {
  let text = `${request.method} ${request.path}: ${response.status} ${problem?.title ?? response.statusText}`.trimEnd();
  if (problem?.detail) {
    text += `: ${problem.detail}`;
  }
  const entries = (problem?.errors ?? []).map((entry) => `${entry.in} ${entry.name ?? ""} ${entry.detail}`);
  return entries.length > 0 ? `${text}: ${entries.join(", ")}` : text;
}
