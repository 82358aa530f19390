package serve

import (
	"io"
	"net/http"
)

// Ready is a handler for those who ask whether to send requests here, such as
// the readiness probe of Kubernetes: 200, and 503 from the moment the end of
// the server begins, while everything else is still served for
// [Config.PreStop]. A request that [Run] does not serve, as in a test, finds it
// ready.
//
//	mux.HandleFunc("GET /ready", serve.Ready)
func Ready(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if s, _ := r.Context().Value(serverKey{}).(*server); s != nil && s.stopping.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "draining\n")
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}
