/** The rest of a path: any number of segments. */
function segments(name: string, value: Scalar): string {
  const text = toText(value);
  if (text.startsWith("/") || isUnclean(text)) {
    throw new InvalidRequestError(
      `path value ${name}: ${JSON.stringify(text)}: a path cannot have the segments . and .., nor an empty one in its middle`,
    );
  }
  return text.split("/").map(encodeURIComponent).join("/");
}
