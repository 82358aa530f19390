/** Reads the lines of an answer, which end with LF, CR or CRLF. */
async function* readTextLines(response: Response): AsyncGenerator<string, void, undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    return;
  }
  const decoder = new TextDecoder();
  let rest = "";
  let afterCR = false;
  try {
    let done = false;
    while (!done) {
      const chunk = await reader.read();
      done = chunk.done;
      let text = decoder.decode(chunk.value, { stream: !done });
      if (text === "") {
        continue;
      }
      if (afterCR && text.startsWith("\n")) {
        text = text.slice(1);
      }
      afterCR = text.endsWith("\r");
      for (const line of text.split(/\r\n|\r|\n/).slice(0, -1)) {
        yield rest + line;
        rest = "";
      }
      rest += text.slice(Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1);
    }
    if (rest !== "") {
      yield rest;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // the error that led here is the one to tell
  }
}
