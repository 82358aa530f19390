/** The values of an object, each with its name on the wire: name[key] or, without a name, key. */
function entries(name: string, values: Readonly<Record<string, Scalars>> | null | undefined): [string, Scalars][] {
  return Object.entries(values ?? {}).map(([key, value]) => [name === "" ? key : `${name}[${key}]`, value]);
}
