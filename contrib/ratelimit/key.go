package ratelimit

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// ByAddress returns a key that is the address of the client. Of an IPv6 address
// it is the network, the first 64 bits, since a client has all addresses of one.
//
// The client is the peer of the connection, unless that is one of the proxies
// that are named. Then it is the last address in X-Forwarded-For that is not one
// of them: each proxy appends whom it serves, and what stands before the first
// one that can be trusted is what the client made up. Behind a proxy that is not
// named, all clients share its limit. When proxies are named, so is a peer
// without an address: one that connects through a Unix socket.
//
// ByAddress panics if a prefix is not valid, or is one of IPv4 in IPv6.
func ByAddress(proxies ...netip.Prefix) Key {
	for _, proxy := range proxies {
		switch {
		case !proxy.IsValid():
			panic("ratelimit: a proxy is not a valid prefix")
		case proxy.Addr().Is4In6():
			panic(fmt.Sprintf("ratelimit: no proxy has an address in %v: write a prefix of IPv4", proxy))
		}
	}
	return func(r *http.Request) (string, error) {
		addr, ok := peer(r.RemoteAddr)
		if len(proxies) > 0 && (!ok || trusted(proxies, addr)) {
			addr, ok = behind(proxies, r.Header["X-Forwarded-For"], addr, ok)
		}
		if !ok {
			return "", nil
		}
		return network(addr), nil
	}
}

// behind returns the client that proxies speak for. If they do not say, it is the
// last of them.
func behind(proxies []netip.Prefix, lines []string, last netip.Addr, ok bool) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(lines, ","), ",")
	for _, text := range slices.Backward(hops) {
		hop, valid := peer(strings.TrimSpace(text))
		if !valid {
			break
		}
		last, ok = hop, true
		if !trusted(proxies, hop) {
			break
		}
	}
	return last, ok
}

func trusted(proxies []netip.Prefix, addr netip.Addr) bool {
	for _, proxy := range proxies {
		if proxy.Contains(addr) {
			return true
		}
	}
	return false
}

// peer reads an address with or without a port.
func peer(s string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

// network returns what clients are told apart by.
func network(addr netip.Addr) string {
	if addr.Is4() {
		return addr.String()
	}
	prefix, _ := addr.Prefix(64) // fails for other than 0 to 128
	return prefix.String()
}

// ByHeader returns a key that is the value of a header, such as an API key that
// a gateway has checked. What nobody has checked is no limit: a client that makes
// up values has a bucket for each. Requests without the header share one.
func ByHeader(name string) Key {
	name = http.CanonicalHeaderKey(name)
	return func(r *http.Request) (string, error) {
		return strings.Join(r.Header[name], ","), nil
	}
}

// ByExtension returns a key that is taken from the extension of type T, which
// middleware outside of this has put into the request by
// [runtime.WithExtension]. If nobody has, the answer is 500.
//
//	ratelimit.ByExtension(func(c Claims) string { return c.Subject })
func ByExtension[T any](key func(T) string) Key {
	return func(r *http.Request) (string, error) {
		in := runtime.NewInput(nil, r)
		extension, err := runtime.ReadExtension[T](&in)
		if err != nil {
			return "", err
		}
		return key(extension.Value), nil
	}
}
