/** Writes a multipart body (RFC 7578). FormData would change the ends of lines in texts. */
class MultipartWriter {
  readonly #boundary = crypto.getRandomValues(new Uint32Array(5)).join("-");
  readonly #parts: (string | Blob)[] = [];

  value(name: string, values: Scalars): void {
    for (const text of texts(values)) {
      this.#parts.push(
        `--${this.#boundary}\r\nContent-Disposition: form-data; name=${quote(name)}\r\n\r\n`,
        text,
        "\r\n",
      );
    }
  }

  file(name: string, files: Blob | readonly Blob[] | null | undefined): void {
    for (const file of files instanceof Blob ? [files] : (files ?? [])) {
      const filename = "name" in file && typeof file.name === "string" ? file.name : "blob";
      this.#parts.push(
        `--${this.#boundary}\r\nContent-Disposition: form-data; name=${quote(name)}; filename=${quote(filename)}\r\n`,
        `Content-Type: ${file.type || "application/octet-stream"}\r\n\r\n`,
        file,
        "\r\n",
      );
    }
  }

  setBody(request: ApiRequest): void {
    request.headers.set("Content-Type", `multipart/form-data; boundary=${this.#boundary}`);
    request.body = new Blob([...this.#parts, `--${this.#boundary}--\r\n`]);
  }
}

function quote(text: string): string {
  if (/[\r\n]/.test(text)) {
    throw new InvalidRequestError(`the name ${JSON.stringify(text)} cannot be sent`);
  }
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
