/** A segment of a path. Servers clean paths, so not every text can be one. */
function segment(name: string, value: Scalar): string {
  const text = toText(value);
  if (text === "" || isUnclean(text)) {
    throw new InvalidRequestError(`path value ${name}: ${JSON.stringify(text)} cannot be a segment of a path`);
  }
  return encodeURIComponent(text);
}

/** Whether a server would answer a path with such a text by a redirect to a shorter one. */
function isUnclean(text: string): boolean {
  const parts = text.split("/");
  return parts.some((part, i) => part === "." || part === ".." || (part === "" && i > 0 && i < parts.length - 1));
}
