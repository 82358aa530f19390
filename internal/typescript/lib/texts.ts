/** One value, several of one name, or none. */
type Scalars = Scalar | readonly Scalar[] | null | undefined;

function texts(values: Scalars): string[] {
  if (values === undefined || values === null) {
    return [];
  }
  return typeof values === "object" ? values.map(toText) : [toText(values)];
}
