/** What is sent as a text. */
type Scalar = string | number | bigint | boolean;

function toText(value: Scalar): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new InvalidRequestError(`${value} cannot be sent`);
  }
  return String(value);
}
