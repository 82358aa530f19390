/** Whether a server would answer a path with such a text by a redirect to a shorter one. */
function isUnclean(text: string): boolean {
  const parts = text.split("/");
  return parts.some((part, i) => part === "." || part === ".." || (part === "" && i > 0 && i < parts.length - 1));
}
