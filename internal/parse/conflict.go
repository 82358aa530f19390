package parse

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
)

// A boundRoute is a route with its whole pattern, group prefixes included.
type boundRoute struct {
	methods []string // none for ANY
	pattern string   // "/users/{id}"
	at      span
	handler string // "GetUser"
}

// patterns returns what is registered for a route: "GET /users/{id}".
func (r boundRoute) patterns() []string {
	if len(r.methods) == 0 {
		return []string{r.pattern}
	}
	patterns := make([]string, len(r.methods))
	for i, method := range r.methods {
		patterns[i] = method + " " + r.pattern
	}
	return patterns
}

// checkConflicts reports routes that one ServeMux would refuse to hold. The
// routes that it refuses go to further ones, so that those after them are
// compared with every route before.
func (p *parser) checkConflicts(routes []boundRoute) {
	muxes := []*http.ServeMux{http.NewServeMux()}
	for i, route := range routes {
		refused := false
		for _, pattern := range route.patterns() {
			held := false
			for _, mux := range muxes {
				why := register(mux, pattern)
				held = held || why == ""
				refused = refused || why != ""
			}
			if !held {
				mux := http.NewServeMux()
				register(mux, pattern)
				muxes = append(muxes, mux)
			}
		}
		if refused {
			p.conflict(route, routes[:i])
		}
	}
}

// conflict reports a route that is refused by itself or because of others.
func (p *parser) conflict(route boundRoute, others []boundRoute) {
	for _, pattern := range route.patterns() {
		if why := register(http.NewServeMux(), pattern); why != "" {
			p.report(diag.BadPattern, route.at, "net/http refuses the pattern %s: %s", pattern, reasonOf(why))
			return
		}
	}
	var clashes []clash
	for _, other := range others {
		if c, ok := clashOf(route, other); ok {
			clashes = append(clashes, c)
		}
	}
	if len(clashes) == 0 {
		return
	}
	slices.SortStableFunc(clashes, func(a, b clash) int { return cmp.Compare(a.kind(), b.kind()) })
	n := p.report(diag.RouteConflict, route.at, "%s", clashes[0].message())
	if hint := clashes[0].hint(); hint != "" {
		n.hint("%s", hint)
	}
	for _, c := range clashes {
		n.related(c.at, "%s has %s here", c.handler, c.old)
	}
}

// A clash is two patterns that one ServeMux refuses to hold.
type clash struct {
	new, old string // "GET /users/{id}"
	handler  string // of old
	at       span   // of old
	why      string // what net/http says
}

// clashOf finds the first patterns of two routes that clash.
func clashOf(route, other boundRoute) (clash, bool) {
	for _, old := range other.patterns() {
		mux := http.NewServeMux()
		if register(mux, old) != "" {
			continue
		}
		for _, pattern := range route.patterns() {
			if why := register(mux, pattern); why != "" {
				return clash{new: pattern, old: old, handler: other.handler, at: other.at, why: why}, true
			}
		}
	}
	return clash{}, false
}

// The kinds of clashes, the plainest first.
const (
	samePattern = iota
	sameRequests
	moreMethods
	fewerMethods
	overlap
)

// kind says why the patterns clash.
func (c clash) kind() int {
	switch {
	case c.new == c.old:
		return samePattern
	case strings.Contains(c.why, " matches the same requests as "):
		return sameRequests
	case strings.Contains(c.why, " matches more methods than "):
		return moreMethods
	case strings.Contains(c.why, " matches fewer methods than "):
		return fewerMethods
	}
	return overlap
}

func (c clash) message() string {
	switch c.kind() {
	case samePattern:
		return fmt.Sprintf("%s is already a route of %s", c.new, c.handler)
	case sameRequests:
		return fmt.Sprintf("%s matches the same requests as %s of %s", c.new, c.old, c.handler)
	case moreMethods:
		return fmt.Sprintf("%s matches more methods than %s of %s, but fewer paths", c.new, c.old, c.handler)
	case fewerMethods:
		return fmt.Sprintf("%s matches fewer methods than %s of %s, but more paths", c.new, c.old, c.handler)
	}
	return fmt.Sprintf("%s and %s of %s both match %s, and neither is more specific", c.new, c.old, c.handler, c.sample())
}

func (c clash) hint() string {
	switch c.kind() {
	case samePattern, sameRequests:
		return ""
	case moreMethods, fewerMethods:
		return "give both the same methods, so that the more specific path wins"
	}
	return "change one so that no path matches both, or so that it matches only a part of what the other does"
}

// sample returns a path that both patterns match.
func (c clash) sample() string {
	if m := samplePath.FindStringSubmatch(c.why); m != nil {
		if sample, err := strconv.Unquote(m[1]); err == nil {
			return sample
		}
	}
	return "some paths"
}

// samplePath matches the example in what net/http says of patterns that clash.
var samplePath = regexp.MustCompile(`both match some paths, like ("(?:[^"\\]|\\.)*")`)
