/** A request that is being made. */
interface ApiRequest {
  readonly method: string;
  /** Escaped. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  body: RequestInit["body"];
  /** The statuses from 400 that are answers. A problem document never is one. */
  readonly expects: readonly number[] | "any";
  readonly takesBasicAuth: boolean;
}

function newRequest(
  method: string,
  path: string,
  { expects = [], takesBasicAuth = false }: { expects?: readonly number[] | "any"; takesBasicAuth?: boolean } = {},
): ApiRequest {
  const [query, headers] = [new URLSearchParams(), new Headers()];
  return { method, path, query, headers, body: undefined, expects, takesBasicAuth };
}
