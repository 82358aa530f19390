function toDownload(response: Response): Download {
  return {
    body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
    filename: filenameOf(response.headers.get("Content-Disposition") ?? ""),
    response,
  };
}

/** The name in a Content-Disposition (RFC 6266). */
function filenameOf(disposition: string): string | undefined {
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) {
    return decodeURIComponent(extended);
  }
  const [, quoted, plain] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition) ?? [];
  return quoted?.replace(/\\(.)/g, "$1") ?? plain;
}
