package files

import (
	"mime"
	"strings"
)

// webTypes are the types that a page does not work without. What package mime
// knows of them depends on files of the machine, or the registry of Windows.
var webTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".htm":         "text/html; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/vnd.microsoft.icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
	".xml":         "text/xml; charset=utf-8",
}

// contentType returns the type of files with an extension.
func contentType(extension string) string {
	if fixed, ok := webTypes[strings.ToLower(extension)]; ok {
		return fixed
	}
	if known := mime.TypeByExtension(extension); known != "" {
		return known
	}
	return "application/octet-stream"
}
