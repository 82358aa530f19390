package parse

import (
	"bytes"
	"fmt"
	"go/token"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/diag"
)

// lineParser returns a parser for arguments in one line of source, and the
// arguments of the directive that is the line.
func lineParser(line string) (*parser, []arg) {
	fset := token.NewFileSet()
	file := fset.AddFile("a.go", -1, len(line))
	file.SetLinesForContent([]byte(line))
	p := &parser{source: &source{fset: fset}}
	var args []arg
	at := file.Base()
	for i, word := range strings.Split(line, " ") {
		if i > 0 {
			at++
		}
		args = append(args, arg{value: word, pos: token.Pos(at), valuePos: token.Pos(at), end: token.Pos(at + len(word))})
		at += len(word)
	}
	return p, args
}

// reported prints the diagnostics of a parser, with the text that each is about.
func reported(p *parser, line string) string {
	var b bytes.Buffer
	for _, d := range p.diags {
		fmt.Fprintf(&b, "[%s] ", line[d.Pos.Offset:d.End.Offset])
		diag.List{d}.WriteText(&b, diag.TextOptions{})
	}
	return strings.ReplaceAll(b.String(), "a.go:", "")
}

func TestParsePattern(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{"/", ""},
		{"/users", ""},
		{"/users/", ""},
		{"/users/{id}", "{id} is id"},
		{"/users/{id}/", "{id} is id"},
		{"/users/{$}", ""},
		{"/{$}", ""},
		{"/files/{path...}", "{path...} is path, the rest"},
		{"example.com/{a}/{b_2}/{ö}", "{a} is a; {b_2} is b_2; {ö} is ö"},
		{"example.com:80/{a}", "[:80] 1:12: no request matches a host with a port: net/http matches hosts without (HG009)\n\thint: write example.com/{a}"},
		{"/a%2Fb/{c}", "{c} is c"},
		{"/{$x}", "[$x] 1:3: the name of a wildcard is a Go identifier, which $x is not (HG009)"},
		{"/:id/*/id}", ""},
		{"/ü/{ü}", "{ü} is ü"},

		{"users", "[users] 1:1: the pattern users has no / (HG009)\n\thint: a path starts with a slash: /users"},
		{"{a}/b", "[{a}] 1:1: a wildcard cannot stand in the host, before the first slash (HG009)\n\thint: a path starts with a slash: /{a}/b"},
		{"a{b/c", "[{b] 1:2: a wildcard cannot stand in the host, before the first slash (HG009)\n\thint: a path starts with a slash: /a{b/c"},
		{"//", "[//] 1:1: no request matches a path with // in it: net/http redirects to the clean path first (HG009)\n\thint: write /"},
		{"/a//b", "[//] 1:3: no request matches a path with // in it: net/http redirects to the clean path first (HG009)\n\thint: write /a/b"},
		{"/a/b//", "[//] 1:5: no request matches a path with // in it: net/http redirects to the clean path first (HG009)\n\thint: write /a/b/"},
		{"h/a/./b", "[.] 1:5: no request matches a path with . in it: net/http redirects to the clean path first (HG009)\n\thint: write h/a/b"},
		{"/a/../b/", "[..] 1:4: no request matches a path with .. in it: net/http redirects to the clean path first (HG009)\n\thint: write /b/"},
		{"/..", "[..] 1:2: no request matches a path with .. in it: net/http redirects to the clean path first (HG009)\n\thint: write /"},
		{"/{id", "[{id] 1:2: a wildcard is everything between two slashes, not a part of it: {id (HG009)\n\thint: write {id}"},
		{"/a{id}", "[a{id}] 1:2: a wildcard is everything between two slashes, not a part of it: a{id} (HG009)\n\thint: take the whole segment as one wildcard and split it in the function"},
		{"/x/{id}.json", "[{id}.json] 1:4: a wildcard is everything between two slashes, not a part of it: {id}.json (HG009)\n\thint: take the whole segment as one wildcard and split it in the function"},
		{"/{", "[{] 1:2: a wildcard is everything between two slashes, not a part of it: { (HG009)\n\thint: take the whole segment as one wildcard and split it in the function"},
		{"/{}", "[{}] 1:2: the wildcard {} has no name (HG009)\n\thint: name it as a parameter of the function: {id}"},
		{"/{...}", "[{...}] 1:2: the wildcard {...} has no name (HG009)\n\thint: name it as a parameter of the function: {id}"},
		{"/{$}/a", "[{$}] 1:2: {$} can only stand at the end of a pattern (HG009)"},
		{"/{$}/", "[{$}] 1:2: {$} can only stand at the end of a pattern (HG009)"},
		{"/{a...}/b", "[{a...}] 1:2: {a...} can only stand at the end of a pattern (HG009)"},
		{"/{user-id}", "[user-id] 1:3: the name of a wildcard is a Go identifier, which user-id is not (HG009)\n\thint: write {user_id}"},
		{"/{2}", "[2] 1:3: the name of a wildcard is a Go identifier, which 2 is not (HG009)"},
		{"/{id:[0-9]+}", "[id:[0-9]+] 1:3: the name of a wildcard is a Go identifier, which id:[0-9]+ is not (HG009)\n\thint: patterns have no regular expressions: write {id} and give the parameter a type that checks its text"},
		{"/{a}/{b}/{a}", "[{a}] 1:10: two wildcards have the name a (HG009)\n\t1:2: the first one"},
	} {
		p, args := lineParser(test.pattern)
		pat, ok := p.parsePattern(args[0])
		got := strings.TrimSpace(reported(p, test.pattern))
		if ok != (len(p.diags) == 0) {
			t.Errorf("parsePattern(%q) is %t with diagnostics %s", test.pattern, ok, got)
		}
		if ok {
			got = describe(pat, test.pattern)
		}
		if got != test.want {
			t.Errorf("parsePattern(%q) = %s, want %s", test.pattern, got, test.want)
		}
	}
}

// describe prints the wildcards of a pattern.
func describe(pat pattern, text string) string {
	var all []string
	for _, w := range pat.wildcards {
		more := ""
		if w.rest {
			more = ", the rest"
		}
		all = append(all, fmt.Sprintf("%s is %s%s", text[w.pos-1:w.end-1], w.name, more))
	}
	if pat.host+pat.path != text {
		all = append(all, fmt.Sprintf("host %q, path %q", pat.host, pat.path))
	}
	return strings.Join(all, "; ")
}

func TestQuotedPattern(t *testing.T) {
	p := collect(t, "package a\n\n//handlergen:route GET \"\"\n//handlergen:route GET \"/a b/{x}\"\n//handlergen:route GET \"/\\u0061/{x-y}\"\n//handlergen:route GET `/a/{x-y}`\nfunc A() {}\n")
	for _, d := range p.directives {
		p.parsePattern(d.words()[1])
	}
	want := []string{
		"a.go:3:24-a.go:3:26: the pattern is empty",
		"a.go:5:24-a.go:5:39: the name of a wildcard is a Go identifier, which x-y is not",
		"a.go:6:29-a.go:6:32: the name of a wildcard is a Go identifier, which x-y is not",
	}
	var got []string
	for _, d := range p.diags {
		got = append(got, fmt.Sprintf("%v-%v: %s", d.Pos, d.End, d.Message))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseMethods(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"GET", "GET"},
		{"GET,POST,QUERY", "GET POST QUERY"},
		{"ANY", ""},
		{"get", "[get] 1:1: methods are written in capitals, not get (HG006)\n\thint: write GET"},
		{"any", "[any] 1:1: methods are written in capitals, not any (HG006)\n\thint: write ANY"},
		{"GET,PSOT", "[PSOT] 1:5: there is no method PSOT (HG006)\n\thint: did you mean POST?"},
		{"GET,ANY", "[ANY] 1:5: ANY stands for every method, so it stands alone (HG006)\n\thint: write ANY, or only the other methods"},
		{"GET,POST,GET", "[GET] 1:10: the method GET is given twice (HG006)"},
		{"GET,", "[GET,] 1:1: a method is missing before or after a comma (HG006)"},
		{",", "[,] 1:1: a method is missing before or after a comma (HG006)"},
		{"*", "[*] 1:1: there is no method * (HG006)\n\thint: write ANY for every method"},
		{"FETCH", "[FETCH] 1:1: there is no method FETCH (HG006)\n\thint: did you mean PATCH?"},
		{
			"SUBSCRIBE", "[SUBSCRIBE] 1:1: there is no method SUBSCRIBE (HG006)\n" +
				"\thint: the methods are GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT and QUERY, or ANY for all of them",
		},
	} {
		p, args := lineParser(test.text)
		methods, ok := p.parseMethods(args[0])
		p.diags.Sort()
		got := strings.TrimSpace(reported(p, test.text))
		if ok {
			got = strings.Join(methods, " ")
		}
		if got != test.want || ok != (len(p.diags) == 0) {
			t.Errorf("parseMethods(%q) = %s (%t), want %s", test.text, got, ok, test.want)
		}
	}
}

func TestCheckConflicts(t *testing.T) {
	for _, test := range []struct {
		name   string
		routes string // "METHODS PATTERN", of handlers A, B, …
		want   string
	}{
		{
			name:   "none",
			routes: "GET / GET /{$} GET /{x} GET /a GET /a/ GET /a/{$} GET /a/{x...} GET example.com/a POST /a HEAD /a",
			want: `
[/a/{x...}] 1:55: GET /a/{x...} matches the same requests as GET /a/ of E (HG010)
	1:36: E has GET /a/ here
`,
		},
		{
			name:   "precedence",
			routes: "ANY /a GET /a HEAD /a GET,POST /b/{x} GET,POST,PUT /b/c ANY /b/",
		},
		{
			name:   "the same",
			routes: "GET /a/{x} GET /a/{y} GET,POST /a/{x}",
			want: `
[/a/{y}] 1:16: GET /a/{y} matches the same requests as GET /a/{x} of A (HG010)
	1:5: A has GET /a/{x} here
[/a/{x}] 1:32: GET /a/{x} is already a route of A (HG010)
	1:5: A has GET /a/{x} here
	1:16: B has GET /a/{y} here
`,
		},
		{
			name:   "overlaps",
			routes: "GET /a/{x} GET /{x}/b POST /{x}/c GET /{y}/b ANY /a/c",
			want: `
[/{x}/b] 1:16: GET /{x}/b and GET /a/{x} of A both match /a/b, and neither is more specific (HG010)
	1:5: A has GET /a/{x} here
	hint: change one so that no path matches both, or so that it matches only a part of what the other does
[/{y}/b] 1:39: GET /{y}/b matches the same requests as GET /{x}/b of B (HG010)
	1:16: B has GET /{x}/b here
	1:5: A has GET /a/{x} here
[/a/c] 1:50: /a/c matches more methods than GET /a/{x} of A, but fewer paths (HG010)
	1:5: A has GET /a/{x} here
	1:28: C has POST /{x}/c here
	hint: give both the same methods, so that the more specific path wins
`,
		},
		{
			name:   "fewer methods",
			routes: "ANY /a/b GET /a/{x}",
			want: `
[/a/{x}] 1:14: GET /a/{x} matches fewer methods than /a/b of A, but more paths (HG010)
	1:5: A has /a/b here
	hint: give both the same methods, so that the more specific path wins
`,
		},
		{
			name:   "bad after all",
			routes: "GET /{x}/{x} GET /{x}/{x}",
			want: `
[/{x}/{x}] 1:5: net/http refuses the pattern GET /{x}/{x}: duplicate wildcard name "x" (HG009)
[/{x}/{x}] 1:18: net/http refuses the pattern GET /{x}/{x}: duplicate wildcard name "x" (HG009)
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, args := lineParser(test.routes)
			p.checkConflicts(routesOf(args))
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), reported(p, test.routes)); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", test.routes, diff)
			}
		})
	}
}

// routesOf reads pairs of methods and patterns.
func routesOf(args []arg) []boundRoute {
	var routes []boundRoute
	for i := 0; i+1 < len(args); i += 2 {
		r := boundRoute{pattern: args[i+1].value, at: args[i+1], handler: string(rune('A' + i/2))}
		if args[i].value != "ANY" {
			r.methods = strings.Split(args[i].value, ",")
		}
		routes = append(routes, r)
	}
	return routes
}

// BenchmarkCheckConflicts checks routes as many as a large program has.
func BenchmarkCheckConflicts(b *testing.B) {
	p, args := lineParser("x")
	var routes []boundRoute
	for i := range 1000 {
		routes = append(routes, boundRoute{
			methods: []string{http.MethodGet, http.MethodPost}, pattern: fmt.Sprintf("/things%d/{id}/parts", i), at: args[0], handler: "A",
		})
	}
	for b.Loop() {
		p.checkConflicts(routes)
	}
	if len(p.diags) > 0 {
		b.Fatal(p.diags)
	}
}
