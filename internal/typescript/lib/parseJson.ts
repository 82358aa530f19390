/** Reads JSON. A whole number that would lose digits is an error. */
function parseJson(text: string): unknown {
  if (/[0-9]{16}/.test(text)) {
    for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][0-9.eE+-]*/g)) {
      if (/^-?[0-9]+$/.test(token) && String(Number(token)) !== token && token !== "-0") {
        throw new RangeError(`the number ${token} has more digits than a number of JavaScript`);
      }
    }
  }
  return JSON.parse(text);
}
