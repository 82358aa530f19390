package runtime

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// ReadMatchedPath returns the path of the pattern that r matched, without
// method and host; it is empty when no pattern did.
func ReadMatchedPath(r *http.Request) MatchedPath {
	_, path := pattern.Split(r.Pattern)
	if i := strings.IndexByte(path, '/'); i > 0 {
		path = path[i:]
	}
	return MatchedPath(path)
}

// ReadOriginalURL returns the URL of the request line, or a copy of r.URL for a
// request that did not come through a server.
func ReadOriginalURL(r *http.Request) OriginalURL {
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		return OriginalURL{Value: u}
	}
	u := *r.URL
	return OriginalURL{Value: &u}
}

// OriginalPath returns the path of [ReadOriginalURL], without its escapes. It is
// what logs say of a request: what the client has asked for, whatever a prefix or
// a layer has left of it.
func OriginalPath(r *http.Request) string {
	if path, _, _ := strings.Cut(r.RequestURI, "?"); path == r.URL.Path {
		return path
	}
	return ReadOriginalURL(r).Value.Path
}

// ReadHost returns the host that r is for.
func ReadHost(r *http.Request) Host { return Host(r.Host) }

// ReadPeer returns the address that the connection of r comes from: that of the
// client or of the last proxy. It is the zero value when it is not an address
// and a port, as with Unix sockets.
func ReadPeer(r *http.Request) netip.AddrPort {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.AddrPort{}
	}
	return peer
}
