/** A content that is read as it comes. */
export interface Download {
  readonly body: ReadableStream<Uint8Array>;
  /** The name that the server proposes. */
  readonly filename: string | undefined;
  /** The answer as it is, for its headers, or to read all of it: `await response.blob()`. */
  readonly response: Response;
}
