// Package files serves files: of a directory, of an [io/fs.FS] such as an
// embedded one, or a single one. Ranges and conditional requests are those of
// [http.ServeContent]; what a request may reach, and what answers when it
// reaches nothing, is decided here.
//
// A directory is a handler for the path behind a prefix, or for a wildcard:
//
//	router.Handle("/static/", http.StripPrefix("/static/", files.ServeDir("public", files.DirConfig{})))
//
//	var assets = files.ServeDirFS(embedded, files.DirConfig{PathValue: "path"})
//
//	//handlergen:route GET /assets/{path...}
//	func Assets() http.Handler { return assets }
//
// # What can be reached
//
// Regular files, by their name relative to the directory. There is no list of a
// directory; it is answered by its index.html, and after a redirect if the
// request has no slash at its end. The redirect is relative, so that it stays
// where the handler is mounted.
//
// No request leaves the directory. A path with "." or "..", an empty segment, a
// NUL or invalid UTF-8 names nothing. Symbolic links are followed while they
// stay inside ([os.Root]); an [os.DirFS] follows them anywhere. Names that begin
// with a dot are not there unless [DirConfig.DotFiles] says so, nor are on Windows
// those that may stand for one, such as GIT~1, and neither is what the process
// may not read: 404, not 403, so that nobody learns of it.
//
// # What is sent
//
// Content-Type goes by the extension, for the files of web pages the same on
// all machines, else application/octet-stream; the content is never sniffed. A
// Content-Type or Cache-Control that is set already stays.
//
// The entity tag is strong: the time of modification and the size of the file,
// or a digest of its content if that time says nothing: embedded files have
// none, and those of reproducible builds have one from before 1981. Such a file
// is taken to change never while the process runs.
//
// With Precompressed, name.br, name.zst and name.gz are the same file in other
// codings, chosen by the weights of Accept-Encoding (RFC 9110 §12.5.3), and
// among equals in this order. They have tags of their own, and ranges are ranges
// of the compressed bytes.
//
// # Errors
//
// Methods other than GET and HEAD are answered with 405, what is not there with
// 404, a failed condition with 412, a range outside of the file with 416, a
// failure of the file system with 500 and a line in the log: all by
// [runtime.RenderError].
package files
