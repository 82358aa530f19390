/** What is sent as a text. */
type Scalar = string | number | bigint | boolean;

/** One value, several of one name, or none. */
type Scalars = Scalar | readonly Scalar[] | null | undefined;

function texts(values: Scalars): string[] {
  if (values === undefined || values === null) {
    return [];
  }
  return typeof values === "object" ? values.map(toText) : [toText(values)];
}

function toText(value: Scalar): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new InvalidRequestError(`${value} cannot be sent`);
  }
  return String(value);
}
