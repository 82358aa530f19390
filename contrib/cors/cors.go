// Package cors lets pages of other origins use an application, by the CORS
// protocol of the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol).
//
//	router.Layer(cors.New(cors.Config{
//		Origins: []string{"https://app.example.com"},
//		Methods: []string{"PUT", "DELETE"},
//		Headers: []string{"Authorization", "Content-Type"},
//		MaxAge:  time.Hour,
//	}))
//
// CORS takes protection away, it adds none: what is not allowed here is sent
// nevertheless, and refused by the browser. Whom a handler serves is for
// authentication to say, and forged requests are stopped by
// [http.CrossOriginProtection].
//
// # Where to mount it
//
// Around the whole router, by Router.Layer, or by hand, where redirects of the
// router should have it, too: a browser asks for permission by an OPTIONS request
// to the path that it means, and routes rarely have that method. On routes alone,
// by Router.RouteLayer or a use directive, preflights would be answered 405 before
// they come here; and errors without these headers, among them 404 and what other
// layers answer, look to a page as if the network were down. So CORS is also
// outside of what may refuse a request, of authentication above all: preflights
// carry no credentials.
//
// # What is answered
//
// A preflight, which is an OPTIONS request with Origin and
// Access-Control-Request-Method, is answered 204 here and now. If origin, method
// and all headers are allowed, the answer says so, and lists what else is, so
// that the browser need not ask again; else it says nothing, and the browser
// gives up. Other OPTIONS requests are the application's, unless the [Config] has
// Options.
//
// All other requests go to the application whoever sent them. An allowed origin
// finds itself in Access-Control-Allow-Origin, and what a handler grants it by
// itself is replaced, lest there be two who grant, and together more than either.
// Other origins get what the handler grants them, which is usually nothing.
//
// Answers say Vary: Origin, since those to other origins are different ones. Only
// if any origin is allowed by "*", all get the same "*", and nothing varies.
package cors

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rs/cors"

	"github.com/handlergen/handlergen/contrib/internal/head"
)

// Config says what pages of other origins may do. The zero Config allows
// nothing.
type Config struct {
	// Origins are those that are allowed, as browsers write them:
	// "https://example.com", "http://localhost:5173". "https://*.example.com"
	// stands for all subdomains, of any depth, but not for example.com itself.
	// "*" alone stands for all origins.
	Origins []string

	// AllowOrigin allows more origins than those that are listed. It is asked
	// with the origin of a request, which may be "null".
	AllowOrigin func(r *http.Request, origin string) bool

	// Vary names the headers that AllowOrigin looks at, besides Origin.
	Vary []string

	// Methods are those that are allowed besides GET, HEAD and POST, which need
	// no permission. "*" alone stands for those that handlergen has routes for.
	Methods []string

	// Headers are those of requests that are allowed besides those that need no
	// permission. Content-Type needs one unless it is that of a form or of plain
	// text. "*" alone stands for all, Authorization included.
	Headers []string

	// Expose are the headers of answers that scripts may read besides those that
	// need no permission. "*" alone stands for all but Set-Cookie.
	Expose []string

	// Credentials allows cookies, and authentication that the browser does by
	// itself. It excludes "*" as Origins and Expose.
	Credentials bool

	// MaxAge is how long a browser may remember the answer to a preflight, in
	// whole seconds. Zero leaves it at what browsers do by themselves, which is
	// five seconds; no browser remembers for longer than a day.
	MaxAge time.Duration

	// Options answers other OPTIONS requests than preflights, too, which then say
	// what is allowed instead of 405: for an application that has no routes for
	// them.
	Options bool

	// PrivateNetwork allows pages from the internet to use an application in a
	// private network (https://wicg.github.io/private-network-access/).
	PrivateNetwork bool
}

// Permissive returns a config that allows all but credentials: that of a public
// API.
func Permissive() Config {
	all := []string{"*"}
	return Config{Origins: all, Methods: all, Headers: all, Expose: all}
}

// New returns middleware that answers preflights and adds to other answers what
// allows them to be read. It panics if the config says something that browsers
// do not understand, or that would not do what it seems to say.
func New(config Config) func(http.Handler) http.Handler {
	config.validate()
	engine := cors.New(config.options())
	public := slices.Equal(config.Origins, anything)
	allowed, others := config.fields()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isPreflight(r) || config.Options && r.Method == http.MethodOptions {
				answer := answerHead{}
				engine.HandlerFunc(answer, normalized(r))
				config.listAll(http.Header(answer))
				grant{origin: answer[allowOrigin], fields: http.Header(answer)}.add(w.Header())
				w.WriteHeader(http.StatusNoContent)
				return
			}
			granted := grant{fields: others}
			switch {
			case public:
				granted = grant{origin: anything, fields: allowed}
			case engine.OriginAllowed(r):
				granted = grant{origin: r.Header["Origin"][:1:1], fields: allowed}
			}
			granted.add(w.Header()) // for those who answer instead of a handler that panics
			hw := head.New(w, granted.add)
			next.ServeHTTP(hw, r)
			hw.Finish()
		})
	}
}

// isPreflight reports whether a browser asks for permission.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions &&
		r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// normalized returns a preflight with the header names as the engine wants them:
// in lower case, sorted, and each once. Browsers send them so, and people who try
// things out do not. What is none becomes one for what needs no permission.
func normalized(r *http.Request) *http.Request {
	const field = "Access-Control-Request-Headers"
	if !isPreflight(r) {
		r = r.WithContext(r.Context())
		r.Header = http.Header{
			"Origin":                        {cmp.Or(r.Header.Get("Origin"), "null")},
			"Access-Control-Request-Method": {http.MethodGet},
		}
	}
	if len(r.Header[field]) == 0 {
		return r
	}
	names := strings.Split(strings.ToLower(strings.Join(r.Header[field], ",")), ",")
	for i, name := range names {
		names[i] = strings.Trim(name, " \t")
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if names[0] == "" {
		names = names[1:]
	}
	r = r.WithContext(r.Context())
	r.Header = r.Header.Clone()
	r.Header[field] = []string{strings.Join(names, ",")}
	return r
}

// A grant is what an answer says.
type grant struct {
	origin []string    // whom it allows to read it; nil for nobody
	fields http.Header // what else it says
}

const allowOrigin = "Access-Control-Allow-Origin"

// add adds the grant to the header of an answer, in place of what a handler has
// granted: together they might be more than either.
func (g grant) add(header http.Header) {
	if g.origin != nil {
		header[allowOrigin] = g.origin
		delete(header, "Access-Control-Allow-Credentials")
		delete(header, "Access-Control-Expose-Headers")
	}
	for name, lines := range g.fields {
		if name != "Vary" {
			header[name] = lines
			continue
		}
		for _, line := range lines {
			if !slices.Contains(header[name], line) {
				header[name] = append(header[name], line)
			}
		}
	}
}

// An answerHead is the header of an answer that is not sent.
type answerHead http.Header

func (h answerHead) Header() http.Header       { return http.Header(h) }
func (answerHead) Write(p []byte) (int, error) { return len(p), nil }
func (answerHead) WriteHeader(int)             {}
