/** What is wrong with one value of a request. */
export interface ProblemEntry {
  readonly in: "path" | "query" | "header" | "cookie" | "form" | "body";
  /** The name of the value; in a JSON body its place as a JSON pointer. */
  readonly name?: string;
  readonly detail: string;
  /** Of a body of JSON lines: the line, from 1. */
  readonly line?: number;
}

/** A problem document (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** What is wrong with which values of the request. */
  readonly errors?: readonly ProblemEntry[];
}
