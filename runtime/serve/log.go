package serve

import (
	"bytes"
	"context"
	"log/slog"
)

// An errorLog takes what [http.Server] says, and tells slog.
type errorLog struct{ to *slog.Logger }

func (l errorLog) Write(p []byte) (int, error) {
	message, rest, _ := bytes.Cut(bytes.TrimRight(p, "\n"), []byte("\n"))
	message = bytes.TrimPrefix(message, []byte("http: "))
	level := slog.LevelWarn
	switch {
	case bytes.HasPrefix(message, []byte("panic serving ")):
		level = slog.LevelError
	case bytes.HasPrefix(message, []byte("TLS handshake error ")):
		level = slog.LevelDebug // whoever scans ports causes them
	}
	var attrs []slog.Attr
	if len(rest) > 0 {
		attrs = append(attrs, slog.String("stack", string(rest)))
	}
	l.to.LogAttrs(context.Background(), level, string(message), attrs...)
	return len(p), nil
}
