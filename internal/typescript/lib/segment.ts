/** A segment of a path. Servers clean paths, so not every text can be one. */
function segment(name: string, value: Scalar): string {
  const text = toText(value);
  if (text === "" || isUnclean(text)) {
    throw new InvalidRequestError(`path value ${name}: ${JSON.stringify(text)} cannot be a segment of a path`);
  }
  return encodeURIComponent(text);
}
