/** Reads values, a line of JSON each, as they come. */
async function* readLines<T>(response: Response): AsyncGenerator<T, void, undefined> {
  for await (const line of readTextLines(response)) {
    if (line.trim() !== "") {
      yield parseJson(line) as T;
    }
  }
}
