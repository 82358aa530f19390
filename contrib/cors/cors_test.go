package cors_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/contrib/cors"
	"github.com/handlergen/handlergen/runtime"
)

// A server has CORS as a layer of a router with the routes GET /, PUT /, POST /
// and OPTIONS /own.
type server struct {
	*testing.T
	*httptest.Server
	served *int // requests that came through to a route
}

func start(t *testing.T, config cors.Config) server {
	t.Helper()
	served := new(int)
	router := runtime.NewRouter()
	for _, method := range []string{"GET", "PUT", "POST"} {
		router.HandleFunc(method+" /{$}", func(w http.ResponseWriter, _ *http.Request) {
			*served++
			w.Header().Set("X-Total", "3")
			io.WriteString(w, "hello")
		})
	}
	router.HandleFunc("OPTIONS /own", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", "OPTIONS")
		io.WriteString(w, "mine")
	})
	return serve(t, router.Layer(cors.New(config)), served)
}

func serve(t *testing.T, h http.Handler, served *int) server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return server{t, s, served}
}

// send makes a request with header lines "Name: value".
func (s server) send(method, path string, lines ...string) *http.Response {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.URL+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	response, err := s.Client().Do(request)
	if err != nil {
		s.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	response.Body.Close()
	response.Body = io.NopCloser(strings.NewReader(string(body)))
	return response
}

// A script is what a page of another origin tries to do.
type script struct {
	origin      string
	method      string
	headers     []string // that need permission
	credentials bool
}

// run does what a browser does for a script (Fetch §4.8, §4.9, §4.10) and says
// how far it came: "" if the script may read the answer.
func (s server) run(do script) (refused string) {
	s.Helper()
	if len(do.headers) > 0 || !slices.Contains([]string{"GET", "HEAD", "POST"}, do.method) {
		lines := []string{"Origin: " + do.origin, "Access-Control-Request-Method: " + do.method}
		if len(do.headers) > 0 {
			names := strings.Split(strings.ToLower(strings.Join(do.headers, ",")), ",")
			slices.Sort(names)
			lines = append(lines, "Access-Control-Request-Headers: "+strings.Join(names, ","))
		}
		answer := s.send("OPTIONS", "/", lines...)
		switch {
		case !corsCheck(do, answer):
			return "origin, by the preflight"
		case answer.StatusCode < 200 || answer.StatusCode > 299:
			return "preflight answered " + answer.Status
		case !permits(do, answer.Header.Values("Access-Control-Allow-Methods"), do.method, false):
			return "method"
		}
		for _, name := range do.headers {
			if !permits(do, answer.Header.Values("Access-Control-Allow-Headers"), name, true) {
				return "header " + name
			}
		}
	}
	lines := []string{"Origin: " + do.origin}
	for _, name := range do.headers {
		lines = append(lines, name+": x")
	}
	if !corsCheck(do, s.send(do.method, "/", lines...)) {
		return "origin"
	}
	return ""
}

// corsCheck is that of Fetch §4.10.
func corsCheck(do script, answer *http.Response) bool {
	origins := answer.Header.Values("Access-Control-Allow-Origin")
	if len(origins) != 1 {
		return false
	}
	if !do.credentials && origins[0] == "*" {
		return true
	}
	if origins[0] != do.origin {
		return false
	}
	return !do.credentials || answer.Header.Get("Access-Control-Allow-Credentials") == "true"
}

// permits reports whether lines of a list permit a method or a header.
func permits(do script, lines []string, name string, isHeader bool) bool {
	if !isHeader && slices.Contains([]string{"GET", "HEAD", "POST"}, name) {
		return true
	}
	for member := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		member = strings.TrimSpace(member)
		switch {
		case member == "*" && !do.credentials && !strings.EqualFold(name, "Authorization"):
			return true
		case isHeader && strings.EqualFold(member, name), member == name:
			return true
		}
	}
	return false
}

func TestWhatPagesMayDo(t *testing.T) {
	const app, other = "https://app.example.com", "https://other.example.net"
	listed := cors.Config{Origins: []string{app, "http://localhost:5173"}}
	everybody := cors.Config{
		AllowOrigin: func(*http.Request, string) bool { return true },
		Methods:     []string{"*"},
		Headers:     []string{"*"},
		Credentials: true,
	}
	for _, test := range []struct {
		name   string
		config cors.Config
		do     script
		want   string
	}{
		{"nothing is allowed", cors.Config{}, script{origin: app, method: "GET"}, "origin"},
		{"nothing is allowed", cors.Config{}, script{origin: app, method: "PUT"}, "origin, by the preflight"},
		{"nothing is allowed but methods", cors.Config{Methods: []string{"PUT"}}, script{origin: app, method: "PUT"}, "origin, by the preflight"},

		{"listed", listed, script{origin: app, method: "GET"}, ""},
		{"listed", listed, script{origin: "http://localhost:5173", method: "GET"}, ""},
		{"listed", listed, script{origin: "http://localhost:5174", method: "GET"}, "origin"},
		{"listed", listed, script{origin: "http://app.example.com", method: "GET"}, "origin"},
		{"listed", listed, script{origin: app + ".evil.example", method: "GET"}, "origin"},
		{"listed", listed, script{origin: other, method: "GET"}, "origin"},
		{"listed", listed, script{origin: "null", method: "GET"}, "origin"},
		{"listed", listed, script{origin: app, method: "PUT"}, "origin, by the preflight"},
		{"listed", listed, script{origin: app, method: "POST", headers: []string{"Content-Type"}}, "origin, by the preflight"},
		{"listed", listed, script{origin: app, method: "GET", credentials: true}, "origin"},

		{"methods", with(listed, func(c *cors.Config) { c.Methods = []string{"PUT"} }), script{origin: app, method: "PUT"}, ""},
		{"methods", with(listed, func(c *cors.Config) { c.Methods = []string{"PUT"} }), script{origin: app, method: "DELETE"}, "origin, by the preflight"},
		{"GET needs no permission", with(listed, func(c *cors.Config) { c.Methods = []string{"PUT"} }), script{origin: app, method: "GET"}, ""},
		{
			"POST needs no permission",
			with(listed, func(c *cors.Config) { c.Methods, c.Headers = []string{"PUT"}, []string{"Content-Type"} }),
			script{origin: app, method: "POST", headers: []string{"Content-Type"}},
			"",
		},
		{"any method", with(listed, func(c *cors.Config) { c.Methods = []string{"*"} }), script{origin: app, method: "PUT"}, ""},

		{
			"headers", with(listed, func(c *cors.Config) { c.Headers = []string{"X-Token", "content-type"} }),
			script{origin: app, method: "POST", headers: []string{"Content-Type", "X-Token"}},
			"",
		},
		{
			"headers", with(listed, func(c *cors.Config) { c.Headers = []string{"Content-Type"} }),
			script{origin: app, method: "POST", headers: []string{"Content-Type", "Authorization"}},
			"origin, by the preflight",
		},
		{
			"any header", with(listed, func(c *cors.Config) { c.Headers = []string{"*"} }),
			script{origin: app, method: "GET", headers: []string{"Authorization", "X-Anything"}},
			"",
		},

		{"credentials", with(listed, func(c *cors.Config) { c.Credentials = true }), script{origin: app, method: "GET", credentials: true}, ""},
		{"credentials", with(listed, func(c *cors.Config) { c.Credentials = true }), script{origin: other, method: "GET", credentials: true}, "origin"},
		{
			"any header and method, with credentials",
			with(listed, func(c *cors.Config) { c.Credentials, c.Headers, c.Methods = true, []string{"*"}, []string{"*"} }),
			script{origin: app, method: "PUT", credentials: true, headers: []string{"X-Any"}},
			"",
		},

		{"subdomains", cors.Config{Origins: []string{"https://*.example.com"}}, script{origin: app, method: "GET"}, ""},
		{"subdomains", cors.Config{Origins: []string{"https://*.example.com"}}, script{origin: "https://a.b.example.com", method: "GET"}, ""},
		{"subdomains", cors.Config{Origins: []string{"https://*.example.com"}}, script{origin: "https://example.com", method: "GET"}, "origin"},
		{"subdomains", cors.Config{Origins: []string{"https://*.example.com"}}, script{origin: "https://evilexample.com", method: "GET"}, "origin"},
		{"subdomains", cors.Config{Origins: []string{"https://*.example.com"}}, script{origin: "http://a.example.com", method: "GET"}, "origin"},
		{"subdomains", cors.Config{Origins: []string{"https://*.example.com"}}, script{origin: "https://a.example.com:8443", method: "GET"}, "origin"},

		{"a function", cors.Config{AllowOrigin: only(other)}, script{origin: other, method: "GET"}, ""},
		{"a function", cors.Config{AllowOrigin: only(other)}, script{origin: app, method: "GET"}, "origin"},
		{"a function", cors.Config{AllowOrigin: only("null")}, script{origin: "null", method: "GET"}, ""},
		{"a list and a function", with(listed, func(c *cors.Config) { c.AllowOrigin = only(other) }), script{origin: other, method: "GET"}, ""},
		{"a list and a function", with(listed, func(c *cors.Config) { c.AllowOrigin = only(other) }), script{origin: app, method: "GET"}, ""},
		{"a list and a function", with(listed, func(c *cors.Config) { c.AllowOrigin = only(other) }), script{origin: "https://x.y", method: "GET"}, "origin"},

		{"everybody, with credentials", everybody, script{origin: other, method: "PUT", headers: []string{"X-Any"}, credentials: true}, ""},
		{"everybody, with credentials", everybody, script{origin: "null", method: "GET", credentials: true}, ""},

		{"everybody", cors.Permissive(), script{origin: other, method: "PUT", headers: []string{"Authorization", "X-Any"}}, ""},
		{"everybody", cors.Permissive(), script{origin: "null", method: "GET"}, ""},
		{"everybody", cors.Permissive(), script{origin: other, method: "GET", credentials: true}, "origin"},
	} {
		if got := start(t, test.config).run(test.do); got != test.want {
			t.Errorf("%s: %+v: refused %q, want %q", test.name, test.do, got, test.want)
		}
	}
}

func with(config cors.Config, change func(*cors.Config)) cors.Config {
	change(&config)
	return config
}

func only(allowed string) func(*http.Request, string) bool {
	return func(_ *http.Request, origin string) bool { return origin == allowed }
}

// full has everything.
var full = cors.Config{
	Origins:        []string{"https://app.example.com"},
	Methods:        []string{"PUT", "DELETE"},
	Headers:        []string{"Authorization", "Content-Type"},
	Expose:         []string{"X-Total", "x-request-id"},
	Credentials:    true,
	MaxAge:         2 * time.Hour,
	PrivateNetwork: true,
}

const origin = "Origin: https://app.example.com"

// corsHead returns the fields of an answer that are about CORS.
func corsHead(answer *http.Response) string {
	var lines []string
	for name, values := range answer.Header {
		if name == "Vary" || strings.HasPrefix(name, "Access-Control-") {
			for _, value := range values {
				lines = append(lines, name+": "+value+"\n")
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// With Options no OPTIONS request comes to the application.
func TestOptions(t *testing.T) {
	public := cors.Config{Origins: []string{"*"}, Methods: []string{"PUT"}, Headers: []string{"Authorization"}, Options: true}
	const granted = "Access-Control-Allow-Headers: Authorization\n" +
		"Access-Control-Allow-Methods: GET, HEAD, POST, PUT\n" +
		"Access-Control-Allow-Origin: *\n"
	limited := public
	limited.Origins = []string{"https://app.example.com"}
	for _, test := range []struct {
		config cors.Config
		lines  []string
		want   string
	}{
		{public, nil, granted},
		{public, []string{"Origin: https://example.com"}, granted},
		{public, []string{"Access-Control-Request-Method: PUT"}, granted},
		{public, []string{"Origin: https://example.com", "Access-Control-Request-Method: PATCH"}, ""},
		{limited, nil, ""},
		{limited, []string{"Origin: https://example.com"}, ""},
		{limited, []string{"Origin: https://app.example.com"}, strings.Replace(granted, "*", "https://app.example.com", 1)},
	} {
		answer := start(t, test.config).send("OPTIONS", "/", test.lines...)
		got, _, _ := strings.Cut(corsHead(answer), "Vary:")
		if answer.StatusCode != http.StatusNoContent || got != test.want {
			t.Errorf("%v: %s with\n%swant\n%s", test.lines, answer.Status, got, test.want)
		}
	}
}

func TestPreflight(t *testing.T) {
	s := start(t, full)
	const preflightVary = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network\n"
	for _, test := range []struct {
		name  string
		lines []string
		want  string
	}{
		{
			"all that can be asked for",
			[]string{
				origin, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: authorization,content-type",
				"Access-Control-Request-Private-Network: true",
			},
			"Access-Control-Allow-Credentials: true\n" +
				"Access-Control-Allow-Headers: Authorization, Content-Type\n" +
				"Access-Control-Allow-Methods: DELETE, GET, HEAD, POST, PUT\n" +
				"Access-Control-Allow-Origin: https://app.example.com\n" +
				"Access-Control-Allow-Private-Network: true\n" +
				"Access-Control-Max-Age: 7200\n" + preflightVary,
		},
		{
			"as people type it",
			[]string{
				origin, "Access-Control-Request-Method: DELETE",
				"Access-Control-Request-Headers: Content-Type, Authorization", "Access-Control-Request-Headers: content-type",
			},
			"Access-Control-Allow-Credentials: true\n" +
				"Access-Control-Allow-Headers: Authorization, Content-Type\n" +
				"Access-Control-Allow-Methods: DELETE, GET, HEAD, POST, PUT\n" +
				"Access-Control-Allow-Origin: https://app.example.com\n" +
				"Access-Control-Max-Age: 7200\n" + preflightVary,
		},
		{
			"no headers",
			[]string{origin, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: "},
			"Access-Control-Allow-Credentials: true\n" +
				"Access-Control-Allow-Headers: Authorization, Content-Type\n" +
				"Access-Control-Allow-Methods: DELETE, GET, HEAD, POST, PUT\n" +
				"Access-Control-Allow-Origin: https://app.example.com\n" +
				"Access-Control-Max-Age: 7200\n" + preflightVary,
		},
		{"another origin", []string{"Origin: https://example.com", "Access-Control-Request-Method: PUT"}, preflightVary},
		{"another method", []string{origin, "Access-Control-Request-Method: PATCH"}, preflightVary},
		{"another header", []string{origin, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x-other"}, preflightVary},
	} {
		// Paths without a route, too: whether there is one is not for preflights.
		for _, path := range []string{"/", "/nowhere"} {
			answer := s.send("OPTIONS", path, test.lines...)
			if answer.StatusCode != http.StatusNoContent {
				t.Errorf("%s: %s, want 204", test.name, answer.Status)
			}
			if got := corsHead(answer); got != test.want {
				t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
			}
		}
	}
	if *s.served > 0 {
		t.Error("a preflight was served by a route")
	}
}

// A page on the internet may not use a private network unless it was told so, and
// whoever did not ask is not told.
func TestPrivateNetwork(t *testing.T) {
	const asked = "Access-Control-Request-Private-Network: true"
	public := cors.Config{Origins: []string{"*"}, PrivateNetwork: true}
	for _, test := range []struct {
		config cors.Config
		lines  []string
		want   string
	}{
		{full, []string{origin, asked}, "true"},
		{full, []string{origin}, ""},
		{full, []string{"Origin: https://example.com", asked}, ""},
		{public, []string{"Origin: https://example.com", asked}, "true"},
		{with(full, func(c *cors.Config) { c.PrivateNetwork = false }), []string{origin, asked}, ""},
		{cors.Permissive(), []string{origin, asked}, ""},
	} {
		answer := start(t, test.config).send("OPTIONS", "/", append(test.lines, "Access-Control-Request-Method: GET")...)
		if got := answer.Header.Get("Access-Control-Allow-Private-Network"); got != test.want {
			t.Errorf("%q: Access-Control-Allow-Private-Network = %q, want %q", test.lines, got, test.want)
		}
	}
}

// On a single route the layer comes too late: the router has no route for the
// preflight.
func TestWhereNotToMountIt(t *testing.T) {
	router := runtime.NewRouter().HandleFunc("PUT /{$}", func(http.ResponseWriter, *http.Request) {}).RouteLayer(cors.New(full))
	answer := serve(t, router, nil).send("OPTIONS", "/", origin, "Access-Control-Request-Method: PUT")
	if answer.StatusCode != 405 || answer.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a preflight of a layer of routes: %s", answer.Status)
	}
}

// Around the router, redirects to a clean path have the headers, too.
func TestAroundTheRouter(t *testing.T) {
	router := runtime.NewRouter().HandleFunc("GET /notes/", func(http.ResponseWriter, *http.Request) {})
	for _, test := range []struct {
		handler http.Handler
		want    string
	}{
		{cors.New(full)(router), "https://app.example.com"},
		{router.Layer(cors.New(full)), ""},
	} {
		s := serve(t, test.handler, nil)
		s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		answer := s.send("GET", "/notes", origin)
		if got := answer.Header.Get("Access-Control-Allow-Origin"); answer.StatusCode != 307 || got != test.want {
			t.Errorf("redirect: %s, allowed origin %q, want %q", answer.Status, got, test.want)
		}
	}
}

func TestOtherOptionsAreTheApplications(t *testing.T) {
	s := start(t, full)
	for _, lines := range [][]string{nil, {origin}, {"Access-Control-Request-Method: PUT"}} {
		answer := s.send("OPTIONS", "/own", lines...)
		if body, _ := io.ReadAll(answer.Body); answer.StatusCode != 200 || string(body) != "mine" {
			t.Errorf("OPTIONS with %q: %s %s, want the handler's", lines, answer.Status, body)
		}
		if answer := s.send("OPTIONS", "/", lines...); answer.StatusCode != 405 || answer.Header.Get("Allow") == "" {
			t.Errorf("OPTIONS with %q of a route without: %s", lines, answer.Status)
		}
	}
}

func TestActualRequest(t *testing.T) {
	const granted = "Access-Control-Allow-Credentials: true\n" +
		"Access-Control-Allow-Origin: https://app.example.com\n" +
		"Access-Control-Expose-Headers: X-Total, X-Request-Id\n" +
		"Vary: Origin\n"
	s := start(t, full)
	for _, test := range []struct {
		method, path string
		lines        []string
		status       int
		want         string
	}{
		{"GET", "/", []string{origin}, 200, granted},
		{"PUT", "/", []string{origin}, 200, granted},
		{"HEAD", "/", []string{origin}, 200, granted},
		{"GET", "/nowhere", []string{origin}, 404, granted},
		{"DELETE", "/", []string{origin}, 405, granted},
		{"GET", "/", nil, 200, "Vary: Origin\n"},
		{"GET", "/", []string{"Origin: https://example.com"}, 200, "Vary: Origin\n"},
		{"GET", "/", []string{"Origin: null"}, 200, "Vary: Origin\n"},
	} {
		answer := s.send(test.method, test.path, test.lines...)
		if got := corsHead(answer); answer.StatusCode != test.status || got != test.want {
			t.Errorf("%s %s %q: %s\n%s\nwant %d\n%s", test.method, test.path, test.lines, answer.Status, got, test.status, test.want)
		}
	}
}

func TestEverybodyGetsTheSame(t *testing.T) {
	const granted = "Access-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: *\n"
	s := start(t, cors.Permissive())
	for _, lines := range [][]string{nil, {origin}, {"Origin: null"}} {
		if got := corsHead(s.send("GET", "/", lines...)); got != granted {
			t.Errorf("%q:\n%s\nwant\n%s", lines, got, granted)
		}
	}
}

func TestVaryOfAFunction(t *testing.T) {
	s := start(t, cors.Config{
		AllowOrigin: func(r *http.Request, _ string) bool { return r.Header.Get("X-Tenant") == "ours" },
		Vary:        []string{"x-tenant"},
	})
	want := "Access-Control-Allow-Origin: https://app.example.com\nVary: Origin\nVary: X-Tenant\n"
	if got := corsHead(s.send("GET", "/", origin, "X-Tenant: ours")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := corsHead(s.send("GET", "/", origin)); got != "Vary: Origin\nVary: X-Tenant\n" {
		t.Errorf("refused:\n%s", got)
	}
}

func TestTheLayerHasTheLastWord(t *testing.T) {
	const want = "Access-Control-Allow-Credentials: true\n" +
		"Access-Control-Allow-Origin: https://app.example.com\n" +
		"Access-Control-Expose-Headers: X-Total, X-Request-Id\n"
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		vary    string
	}{
		"Vary set": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Vary", "Accept")
			io.WriteString(w, "x")
		}, "Vary: Accept\nVary: Origin\n"},
		"Vary added": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Vary", "Accept")
			w.WriteHeader(201)
		}, "Vary: Accept\nVary: Origin\n"},
		"a proxy of something that does CORS itself": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Access-Control-Allow-Origin", "https://app.example.com")
			w.Header().Set("Access-Control-Allow-Credentials", "false")
			http.NewResponseController(w).Flush()
		}, "Vary: Origin\n"},
		"nothing written": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Del("Vary")
			w.Header().Del("Access-Control-Allow-Origin")
		}, "Vary: Origin\n"},
		"copied": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Vary", "Accept")
			io.Copy(w, strings.NewReader("x"))
		}, "Vary: Accept\nVary: Origin\n"},
		"early hints first": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Set("Vary", "Accept")
			io.WriteString(w, "x")
		}, "Vary: Accept\nVary: Origin\n"},
	} {
		if got := corsHead(serve(t, cors.New(full)(test.handler), nil).send("GET", "/", origin)); got != want+test.vary {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want+test.vary)
		}
	}
}

// What a handler grants is not added to what the layer grants: an origin that may
// come without credentials would have them by a handler that says "*", to which
// browsers send none.
func TestGrantsAreNotMixed(t *testing.T) {
	s := serve(t, cors.New(cors.Config{Origins: []string{"https://app.example.com"}})(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			w.Header().Set("Access-Control-Expose-Headers", "X-Secret")
			io.WriteString(w, "x")
		})), nil)
	want := "Access-Control-Allow-Origin: https://app.example.com\nVary: Origin\n"
	if got := corsHead(s.send("GET", "/", origin)); got != want {
		t.Errorf("allowed by both:\n%s\nwant\n%s", got, want)
	}
	// To whom the layer grants nothing, a handler may.
	want = "Access-Control-Allow-Credentials: true\nAccess-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: X-Secret\nVary: Origin\n"
	if got := corsHead(s.send("GET", "/", "Origin: https://example.com")); got != want {
		t.Errorf("allowed by the handler:\n%s\nwant\n%s", got, want)
	}
}

func TestAnswersOfOthersForAPanic(t *testing.T) {
	inner := cors.New(full)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }))
	recovering := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			recover()
			http.Error(w, "oh", http.StatusInternalServerError)
		}()
		inner.ServeHTTP(w, r)
	})
	answer := serve(t, recovering, nil).send("GET", "/", origin)
	if answer.StatusCode != 500 || answer.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%s, without leave to read it: %v", answer.Status, answer.Header)
	}
}

func TestWhatTheWriterCan(t *testing.T) {
	s := serve(t, cors.New(full)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)
		if err := control.SetWriteDeadline(time.Now().Add(time.Hour)); err != nil {
			t.Errorf("SetWriteDeadline: %v", err)
		}
		conn, rw, err := control.Hijack()
		if err != nil {
			t.Errorf("Hijack: %v", err)
			return
		}
		defer conn.Close()
		rw.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nraw\r\n")
		rw.Flush()
	})), nil)
	answer := s.send("GET", "/", origin)
	if body, _ := io.ReadAll(answer.Body); string(body) != "raw\r\n" {
		t.Errorf("body = %q", body)
	}
}

func TestConfig(t *testing.T) {
	origins := func(origins ...string) cors.Config { return cors.Config{Origins: origins} }
	for want, config := range map[string]cors.Config{
		`cors: Origins: "example.com" has no scheme: write "https://example.com"`:                                                            origins("example.com"),
		`cors: Origins: "localhost:3000" has no scheme: write "https://localhost:3000"`:                                                      origins("localhost:3000"),
		`cors: Origins: "" has no scheme: write "https://example.com"`:                                                                       origins(""),
		`cors: Origins: "https://example.com/" has a slash at the end: write "https://example.com"`:                                          origins("https://example.com/"),
		`cors: Origins: "https://example.com/app" has more than a scheme, a host and a port`:                                                 origins("https://a.example", "https://example.com/app"),
		`cors: Origins: "https://example.com?" has more than a scheme, a host and a port`:                                                    origins("https://example.com?"),
		`cors: Origins: "https://me@example.com" has more than a scheme, a host and a port`:                                                  origins("https://me@example.com"),
		`cors: Origins: "https://" has no host`:                                                                                              origins("https://"),
		`cors: Origins: "https://Example.com" has upper case: write "https://example.com"`:                                                   origins("https://Example.com"),
		`cors: Origins: "https://bücher.example" has a host that is not ASCII, and browsers write it in Punycode (xn--…)`:                    origins("https://bücher.example"),
		`cors: Origins: "https://example.com:443" names the default port of its scheme, which browsers leave out`:                            origins("https://example.com:443"),
		`cors: Origins: "http://example.com:80" names the default port of its scheme, which browsers leave out`:                              origins("http://example.com:80"),
		`cors: Origins: "https://example.com:" has no port after the colon`:                                                                  origins("https://example.com:"),
		`cors: Origins: "https://example.com:0" has an impossible port`:                                                                      origins("https://example.com:0"),
		`cors: Origins: "https://example.com:65536" has an impossible port`:                                                                  origins("https://example.com:65536"),
		`cors: Origins: "https://example.com,https" has an impossible host`:                                                                  origins("https://example.com,https"),
		`cors: Origins: "https://a..b" has an impossible host`:                                                                               origins("https://a..b"),
		`cors: Origins: "http://[0:0::1]" has an address that browsers write otherwise`:                                                      origins("http://[0:0::1]"),
		`cors: Origins: "https://*example.com" has "*" where it means nothing: it stands for subdomains only, as in "https://*.example.com"`: origins("https://*example.com"),
		`cors: Origins: "https://api.*.com" has "*" where it means nothing: it stands for subdomains only, as in "https://*.example.com"`:    origins("https://api.*.com"),
		`cors: Origins: "https://*.com" stands for all of .com, which is too much`:                                                           origins("https://*.com"),
		`cors: Origins: "https://*.127.0.0.1" has subdomains of an address`:                                                                  origins("https://*.127.0.0.1"),
		`cors: Origins: "null" is what every local file and sandboxed frame sends; if it must be, let AllowOrigin allow it`:                  origins("null"),
		`cors: Origins: "*" stands alone, as it stands for everything`:                                                                       origins("https://example.com", "*"),
		`cors: Methods: "put" is another method than "PUT"`:                                                                                  {Methods: []string{"put"}},
		`cors: Methods: "GET POST" is not a method`:                                                                                          {Methods: []string{"GET POST"}},
		`cors: Methods: "TRACE" is a method that no browser lets scripts use`:                                                                {Methods: []string{"TRACE"}},
		`cors: Methods: "*" stands alone, as it stands for everything`:                                                                       {Methods: []string{"*", "PUT"}},
		`cors: Headers: "X Y" is not the name of a header`:                                                                                   {Headers: []string{"X Y"}},
		`cors: Headers: "" is not the name of a header`:                                                                                      {Headers: []string{""}},
		`cors: Headers: "*" stands alone, as it stands for everything`:                                                                       {Headers: []string{"*", "X"}},
		`cors: Expose: "X:" is not the name of a header`:                                                                                     {Expose: []string{"X:"}},
		`cors: Vary: "é" is not the name of a header`:                                                                                        {AllowOrigin: only(""), Vary: []string{"é"}},
		`cors: Vary is about AllowOrigin, which is not set`:                                                                                  {Vary: []string{"X"}},
		`cors: Credentials exclude "*" in Origins: every page could act as its visitor`:                                                      {Origins: []string{"*"}, Credentials: true},
		`cors: Credentials exclude "*" in Expose: browsers take it for the name of a header`:                                                 {Expose: []string{"*"}, Credentials: true},
		`cors: AllowOrigin has nothing to say when Origins is "*"`:                                                                           {Origins: []string{"*"}, AllowOrigin: only("")},
		`cors: MaxAge is negative: -1s`:                                                                                                      {MaxAge: -time.Second},
		`cors: MaxAge is not in whole seconds: 86.4µs`:                                                                                       {MaxAge: 86400},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic(%v)\nwant %s", got, want)
				}
			}()
			cors.New(config)
		}()
	}
	cors.New(origins("http://localhost:5173", "http://127.0.0.1:8080", "http://[::1]:8080", "capacitor://localhost",
		"chrome-extension://abcdefghijklmnop", "https://xn--bcher-kva.example", "https://*.localhost", "https://*.example.co.uk:8443", "http://my_host"))
}

func ExampleNew() {
	layer := cors.New(cors.Config{
		Origins: []string{"https://app.example.com"},
		Methods: []string{"PUT"},
		Headers: []string{"Content-Type"},
		MaxAge:  time.Hour,
	})
	router := runtime.NewRouter().
		HandleFunc("PUT /notes/{id}", func(http.ResponseWriter, *http.Request) {}).
		Layer(layer)

	preflight := httptest.NewRequest("OPTIONS", "/notes/1", nil)
	preflight.Header.Set("Origin", "https://app.example.com")
	preflight.Header.Set("Access-Control-Request-Method", "PUT")
	preflight.Header.Set("Access-Control-Request-Headers", "content-type")
	answer := httptest.NewRecorder()
	router.ServeHTTP(answer, preflight)

	fmt.Println(answer.Code)
	fmt.Println(answer.Header().Get("Access-Control-Allow-Origin"))
	fmt.Println(answer.Header().Get("Access-Control-Allow-Methods"))
	// Output:
	// 204
	// https://app.example.com
	// GET, HEAD, POST, PUT
}
