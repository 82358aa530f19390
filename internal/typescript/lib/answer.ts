/** An answer with its head. */
export interface Answer<Body, Status extends number = number> {
  readonly status: Status;
  readonly headers: Headers;
  readonly body: Body;
}
