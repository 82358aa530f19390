package cors

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/cors"
)

// anything is the list that stands for everything.
var anything = []string{"*"}

// safelisted are the methods that need no permission.
var safelisted = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// methods are those that "*" stands for.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodOptions, "QUERY",
}

// options returns the config as the engine understands it. Where it takes an
// empty list for a default of its own, it is told what that list should be.
func (c Config) options() cors.Options {
	options := cors.Options{
		AllowedOrigins:      c.Origins,
		AllowedMethods:      slices.Concat(safelisted, c.Methods),
		AllowedHeaders:      slices.Concat([]string{"Accept"}, c.Headers), // which needs no permission
		AllowCredentials:    c.Credentials,
		MaxAge:              int(c.MaxAge / time.Second),
		AllowPrivateNetwork: c.PrivateNetwork,
	}
	if slices.Equal(c.Methods, anything) {
		options.AllowedMethods = methods
	}
	if len(c.Origins) == 0 || c.AllowOrigin != nil {
		options.AllowOriginVaryRequestFunc = c.allows()
	}
	return options
}

// allows returns a function that says whether an origin is allowed, and what the
// answer depends on.
func (c Config) allows() func(r *http.Request, origin string) (bool, []string) {
	listed := func(*http.Request) bool { return false }
	if len(c.Origins) > 0 {
		listed = cors.New(cors.Options{AllowedOrigins: c.Origins}).OriginAllowed
	}
	return func(r *http.Request, origin string) (bool, []string) {
		if origin == "" || c.AllowOrigin == nil {
			return false, c.Vary
		}
		return listed(r) || c.AllowOrigin(r, origin), c.Vary
	}
}

// listAll completes what a preflight is granted, which the engine says only of
// what was asked for.
func (c Config) listAll(granted http.Header) {
	if len(granted["Access-Control-Allow-Methods"]) == 0 {
		return // nothing is
	}
	if !slices.Equal(c.Methods, anything) {
		all := slices.Concat(safelisted, c.Methods)
		slices.Sort(all)
		granted.Set("Access-Control-Allow-Methods", strings.Join(slices.Compact(all), ", "))
	}
	if len(c.Headers) > 0 && !slices.Equal(c.Headers, anything) {
		granted.Set("Access-Control-Allow-Headers", strings.Join(c.Headers, ", "))
	}
}

// fields returns what answers to those who may read them say besides the origin,
// and what those to others say.
func (c Config) fields() (allowed, others http.Header) {
	allowed, others = http.Header{}, http.Header{}
	if !slices.Equal(c.Origins, anything) {
		vary := []string{"Origin"}
		if len(c.Vary) > 0 {
			vary = append(vary, joinNames(c.Vary))
		}
		allowed["Vary"], others["Vary"] = vary, vary
	}
	if len(c.Expose) > 0 {
		allowed.Set("Access-Control-Expose-Headers", joinNames(c.Expose))
	}
	if c.Credentials {
		allowed.Set("Access-Control-Allow-Credentials", "true")
	}
	return allowed, others
}

// joinNames returns a list of header names as a field has it.
func joinNames(names []string) string {
	canonical := make([]string, len(names))
	for i, name := range names {
		canonical[i] = http.CanonicalHeaderKey(name)
	}
	return strings.Join(canonical, ", ")
}

// validate panics if the config is wrong. The engine takes everything.
func (c Config) validate() {
	for _, list := range []struct {
		name    string
		members []string
		problem func(string) string
	}{
		{"Origins", c.Origins, originProblem},
		{"Methods", c.Methods, methodProblem},
		{"Headers", c.Headers, tokenProblem},
		{"Expose", c.Expose, tokenProblem},
		{"Vary", c.Vary, tokenProblem},
	} {
		for _, member := range list.members {
			problem := list.problem(member)
			if member == "*" && len(list.members) > 1 {
				problem = "stands alone, as it stands for everything"
			}
			if problem != "" {
				panic(fmt.Sprintf("cors: %s: %q %s", list.name, member, problem))
			}
		}
	}
	public := slices.Equal(c.Origins, anything)
	switch {
	case public && c.Credentials:
		panic(`cors: Credentials exclude "*" in Origins: every page could act as its visitor`)
	case slices.Equal(c.Expose, anything) && c.Credentials:
		panic(`cors: Credentials exclude "*" in Expose: browsers take it for the name of a header`)
	case public && c.AllowOrigin != nil:
		panic(`cors: AllowOrigin has nothing to say when Origins is "*"`)
	case len(c.Vary) > 0 && c.AllowOrigin == nil:
		panic(`cors: Vary is about AllowOrigin, which is not set`)
	case c.MaxAge < 0:
		panic(fmt.Sprintf("cors: MaxAge is negative: %v", c.MaxAge))
	case c.MaxAge%time.Second != 0:
		panic(fmt.Sprintf("cors: MaxAge is not in whole seconds: %v", c.MaxAge))
	}
}

// originProblem says why no browser would send that origin, or why it should not
// be allowed; else it returns "".
func originProblem(origin string) string {
	switch {
	case origin == "*":
		return ""
	case origin == "null":
		return "is what every local file and sandboxed frame sends; if it must be, let AllowOrigin allow it"
	case !strings.Contains(origin, "://"):
		return `has no scheme: write "https://` + cmp.Or(origin, "example.com") + `"`
	}
	u, err := url.Parse(origin)
	switch {
	case err != nil:
		return "is not an origin: " + err.Error()
	case u.Host == "":
		return "has no host"
	case strings.HasSuffix(origin, "/") && u.Scheme+"://"+u.Host+"/" == origin:
		return `has a slash at the end: write "` + strings.TrimSuffix(origin, "/") + `"`
	case !strings.EqualFold(u.Scheme+"://"+u.Host, origin):
		return "has more than a scheme, a host and a port"
	case strings.ToLower(origin) != origin:
		return `has upper case: write "` + strings.ToLower(origin) + `"`
	}
	if problem := portProblem(u); problem != "" {
		return problem
	}
	return hostProblem(u.Hostname())
}

func portProblem(u *url.URL) string {
	port := u.Port()
	if port == "" {
		if strings.HasSuffix(u.Host, ":") {
			return "has no port after the colon"
		}
		return ""
	}
	n, err := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || n == 0 || port[0] == '0':
		return "has an impossible port"
	case u.Scheme == "https" && n == 443, u.Scheme == "http" && n == 80:
		return "names the default port of its scheme, which browsers leave out"
	}
	return ""
}

func hostProblem(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.String() != host || addr.Zone() != "" {
			return "has an address that browsers write otherwise"
		}
		return ""
	}
	domain, wildcard := strings.CutPrefix(host, "*.")
	for label := range strings.SplitSeq(domain, ".") {
		switch {
		case strings.Contains(label, "*"):
			return `has "*" where it means nothing: it stands for subdomains only, as in "https://*.example.com"`
		case strings.ContainsFunc(label, func(c rune) bool { return c > '~' }):
			return "has a host that is not ASCII, and browsers write it in Punycode (xn--…)"
		case label == "" || strings.ContainsFunc(label, func(c rune) bool { return !isHostRune(c) }):
			return "has an impossible host"
		}
	}
	if _, err := netip.ParseAddr(domain); wildcard && err == nil {
		return "has subdomains of an address"
	}
	if wildcard && domain != "localhost" && !strings.Contains(domain, ".") {
		return "stands for all of ." + domain + ", which is too much"
	}
	return ""
}

func isHostRune(c rune) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

func methodProblem(method string) string {
	upper := strings.ToUpper(method)
	switch {
	case method == "*":
		return ""
	case tokenProblem(method) != "":
		return "is not a method"
	case upper == http.MethodConnect, upper == http.MethodTrace, upper == "TRACK":
		return "is a method that no browser lets scripts use"
	case upper != method && slices.Contains(methods, upper):
		return `is another method than "` + upper + `"`
	}
	return ""
}

func tokenProblem(name string) string {
	const others = "!#$%&'*+-.^_`|~" // RFC 9110 §5.6.2
	if name == "" || strings.ContainsFunc(name, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(others, c))
	}) {
		return "is not the name of a header"
	}
	return ""
}
