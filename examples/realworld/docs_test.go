package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/conduit"
	"github.com/handlergen/handlergen/examples/realworld/password"
)

var update = flag.Bool("update", false, "rewrite what documents show of code and exchanges")

const walkthrough = "../../docs/walkthrough.md"

// TestDocumentsShowCode wants what documents show to be what there is.
func TestDocumentsShowCode(t *testing.T) {
	keep(t, walkthrough, "code", func(what string) string {
		file, name, _ := strings.Cut(what, " ")
		return "```go\n" + declaration(t, filepath.Join("../..", file), name) + "\n```\n"
	})
}

// TestWalkthroughShowsExchanges has the exchanges of the walkthrough anew.
func TestWalkthroughShowsExchanges(t *testing.T) {
	exchanges := walk(t)
	keep(t, walkthrough, "exchange", func(name string) string {
		if exchanges[name] == "" {
			t.Fatalf("there is no exchange %q", name)
		}
		return "```http\n" + exchanges[name] + "```\n"
	})
}

// TestREADME wants every route in it, and its figures to be true within five
// percent.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	endpoints := 0
	for route := range conduit.Routes(&conduit.App{}).Routes() {
		endpoints++
		if want := fmt.Sprintf("| `%s %s` |", route.Method, route.Pattern); !bytes.Contains(readme, []byte(want)) {
			t.Errorf("the README has no %s", want)
		}
	}
	api, store := lines(t, "*.go", "conduit/*.go", "password/*.go"), lines(t, "store/*.go")
	var shownAPI, shownStore, each int
	if row := regexp.MustCompile(`(?m)^\| this \|.*$`).Find(readme); row != nil && !*update {
		fmt.Sscanf(string(row), "| this | %d | %d | %d |", &shownAPI, &each, &shownStore)
	}
	if near(api, shownAPI) && near(store, shownStore) {
		api, store = shownAPI, shownStore
	}
	keep(t, "README.md", "lines", func(string) string {
		return fmt.Sprintf(`| | API | for each endpoint | store |
|---|---:|---:|---:|
| this | %d | %d | %d |
| on gin | 758 | 40 | 375 |
`, api, (api+endpoints/2)/endpoints, store)
	})
}

func near(is, was int) bool { return 20*max(is-was, was-is) <= was }

// keep holds the places of a document that are marked with a verb against what
// they should have.
func keep(t *testing.T, file, verb string, want func(argument string) string) {
	t.Helper()
	place := regexp.MustCompile(`(?s)(<!-- begin ` + verb + `(?:: ([^\n]*))? -->\n).*?(<!-- end ` + verb + ` -->)`)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fresh := place.ReplaceAllStringFunc(string(text), func(shown string) string {
		part := place.FindStringSubmatch(shown)
		return part[1] + want(part[2]) + part[3]
	})
	switch {
	case fresh == string(text):
	case *update:
		if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s shows things as they were: run go test -update in examples/realworld", file)
	}
}

// declaration returns a function or type of a Go file, with its doc comment.
func declaration(t *testing.T, file, name string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range parsed.Decls {
		var found *ast.Ident
		var doc *ast.CommentGroup
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			found, doc = decl.Name, decl.Doc
		case *ast.GenDecl:
			if spec, ok := decl.Specs[0].(*ast.TypeSpec); ok {
				found, doc = spec.Name, decl.Doc
			}
		}
		if found == nil || found.Name != name {
			continue
		}
		from := decl.Pos()
		if doc != nil {
			from = doc.Pos()
		}
		return string(text[files.Position(from).Offset:files.Position(decl.End()).Offset])
	}
	t.Fatalf("%s does not declare %s", file, name)
	return ""
}

// lines counts the lines of files that are neither blank nor comments.
func lines(t *testing.T, patterns ...string) (n int) {
	t.Helper()
	code := regexp.MustCompile(`(?m)^\s*(//.*)?$`)
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_gen.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if !code.MatchString(strings.TrimRight(line, "\n")) {
					n++
				}
			}
		}
	}
	return n
}

// A walker asks an application, and writes down what is said.
type walker struct {
	*testing.T
	http.Handler
}

// walk returns exchanges about changing an article.
func walk(t *testing.T) map[string]string {
	app, err := conduit.Open(t.Context(), conduit.Config{
		DB: ":memory:", Secret: bytes.Repeat([]byte("secret"), 10), PasswordCost: password.Cheap,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Close() })
	w := walker{t, app.Handler()}
	jake, anna := w.register("jake"), w.register("anna")
	created, _ := w.ask("POST", "/api/articles", jake,
		`{"article":{"title":"How to train","description":"Ever wonder how?","body":"With patience","tagList":["training"]}}`)
	slug := regexp.MustCompile(`how-to-train-\w+`).FindString(created)

	exchanges := map[string]string{}
	for _, step := range []struct{ name, token, body string }{
		{"missing", "", `{"article":{"title":"Mine"}}`},
		{"forbidden", anna, `{"article":{"title":"Mine"}}`},
		{"invalid", jake, `{"article":{"title":" ","body":""}}`},
		{"null", jake, `{"article":{"tagList":null}}`},
		{"changed", jake, `{"article":{"title":"How to train your dragon"}}`},
	} {
		_, exchanges[step.name] = w.ask("PUT", "/api/articles/"+slug, step.token, step.body)
	}
	return exchanges
}

func (w walker) register(name string) (token string) {
	user, _ := w.ask("POST", "/api/users", "",
		fmt.Sprintf(`{"user":{"username":%q,"email":"%s@example.com","password":"secret"}}`, name, name))
	return regexp.MustCompile(`ey[\w.-]+`).FindString(user)
}

// ask sends a request, and returns the body of the answer, and all of both as
// text, without what is another each time.
func (w walker) ask(method, path, token, body string) (answer, exchange string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\nContent-Type: application/json\n", method, path)
	if token != "" {
		r.Header.Set("Authorization", "Token "+token)
		b.WriteString("Authorization: Token eyJhbGciOi…\n")
	}
	fmt.Fprintf(&b, "\n%s\n", body)
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, r)
	answer = recorder.Body.String()
	fmt.Fprintf(&b, "\nHTTP/1.1 %d %s\nContent-Type: %s\n\n%s\n",
		recorder.Code, http.StatusText(recorder.Code), recorder.Header().Get("Content-Type"), wrap(answer))
	exchange = regexp.MustCompile(`(how-to-train[a-z-]*)-[a-z2-7]{10}`).ReplaceAllString(b.String(), "$1-3wgoaef5pm")
	exchange = regexp.MustCompile(`"createdAt":"[^"]*"`).ReplaceAllString(exchange, `"createdAt":"2026-02-03T04:05:06.078900Z"`)
	exchange = regexp.MustCompile(`"updatedAt":"[^"]*"`).ReplaceAllString(exchange, `"updatedAt":"2026-02-03T04:07:00.123456Z"`)
	return answer, exchange
}

// wrap breaks long JSON into lines.
func wrap(text string) string {
	if len(text) < 100 {
		return text
	}
	return strings.NewReplacer(`,"tagList"`, ",\n\"tagList\"", `,"favorited"`, ",\n\"favorited\"").Replace(text)
}
