/** Adds values to a query or form. */
function add(to: URLSearchParams, name: string, values: Scalars): void {
  for (const text of texts(values)) {
    to.append(name, text);
  }
}
