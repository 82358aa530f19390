/** The UTF-8 of a text, each byte as one character: so headers want it, and btoa. */
function byteText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
