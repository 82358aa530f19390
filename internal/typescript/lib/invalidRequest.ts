/** A request that cannot be sent as it is: the handler would never see such a value. */
export class InvalidRequestError extends TypeError {
  override readonly name = "InvalidRequestError";
}
