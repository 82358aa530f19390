/** Reads JSON. A whole number that would lose digits becomes a bigint. */
function parseJson(text: string): unknown {
  if (!/[0-9]{16}/.test(text)) {
    return JSON.parse(text);
  }
  // Such numbers become strings that begin with a NUL, and so that no others do, those that begin with one get another.
  const marked = text.replace(/"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|-?[0-9][0-9.eE+-]*/g, (token, inner, isName) => {
    if (inner !== undefined) {
      return !isName && inner.startsWith("\\u0000") ? `"\\u0000${inner}"` : token;
    }
    return /^-?[0-9]+$/.test(token) && String(Number(token)) !== token && token !== "-0" ? `"\\u0000${token}"` : token;
  });
  return JSON.parse(marked, (_, value: unknown) => {
    if (typeof value !== "string" || value[0] !== "\0") {
      return value;
    }
    return value[1] === "\0" ? value.slice(1) : BigInt(value.slice(1));
  });
}
