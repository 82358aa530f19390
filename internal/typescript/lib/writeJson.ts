/** Writes JSON, a bigint as a number. A number that JSON does not have is an error. */
function writeJson(value: unknown): string {
  // What becomes a number is a string first that begins with a NUL; strings that begin with one get another.
  const text = JSON.stringify(value, (_, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new InvalidRequestError(`${value} cannot be sent`);
    }
    if (typeof value === "bigint" || (typeof value === "string" && value.startsWith("\0"))) {
      return `\0${value}`;
    }
    return value;
  });
  if (!text.includes('"\\u0000')) {
    return text;
  }
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"(:)?/g, (token: string, isName?: string) => {
    if (isName || !token.startsWith('"\\u0000')) {
      return token;
    }
    return token.startsWith('"\\u0000\\u0000') ? `"${token.slice(7)}` : token.slice(7, -1);
  });
}
