package serve

import (
	"fmt"
	"strings"
	"time"
)

// A CutError says what had not ended by itself when the server ended.
type CutError struct {
	Requests []Request // that were being handled, the longest first
	Held     int       // holds of package drain

	// Cause is why the server waited no longer: [context.DeadlineExceeded], or
	// a second signal.
	Cause error
}

// A Request is one that was cut.
type Request struct {
	Method  string
	Path    string // as it was sent, without the query
	Running time.Duration
}

func (e *CutError) Error() string {
	var what []string
	if n := len(e.Requests); n > 0 {
		what = append(what, fmt.Sprintf("%s (%s)", count(n, "request"), strings.Join(e.names(), ", ")))
	}
	if e.Held > 0 {
		what = append(what, count(e.Held, "hold"))
	}
	if len(what) == 0 {
		what = append(what, "connections")
	}
	return fmt.Sprintf("serve: cut %s: %v", strings.Join(what, " and "), e.Cause)
}

// Unwrap returns the cause.
func (e *CutError) Unwrap() error { return e.Cause }

// names returns the first requests as texts.
func (e *CutError) names() []string {
	const enough = 10
	var names []string
	for i, r := range e.Requests {
		if i == enough {
			return append(names, fmt.Sprintf("and %d more", len(e.Requests)-enough))
		}
		names = append(names, r.String())
	}
	return names
}

func (r Request) String() string {
	return fmt.Sprintf("%s %s for %v", r.Method, r.Path, r.Running.Round(100*time.Millisecond))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
