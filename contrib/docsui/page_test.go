package docsui_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/handlergen/handlergen/contrib/docsui"
	"github.com/handlergen/handlergen/runtime"
)

// A site is a server with an API and its docs, which remembers its requests.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	served []string
}

// serveSite serves the docs at /{org}/v1/docs/, behind a prefix of a prefix.
func serveSite(t *testing.T, docs http.Handler) *site {
	t.Helper()
	inner := runtime.NewRouter().Handle("/docs/", docs)
	router := runtime.NewRouter().
		Nest("/{org}", runtime.NewRouter().Nest("/v1", inner)).
		HandleFunc("DELETE /greetings", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer secret" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		}).
		HandleFunc("GET /greetings/{name}", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"text":"Hello, %s!"}`, r.PathValue("name"))
		})
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.served = append(s.served, r.Method+" "+r.RequestURI)
		s.mu.Unlock()
		router.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	s.URL = strings.Replace(s.URL, "127.0.0.1", siteHost, 1)
	return s
}

func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.served...)
}

// TestPage loads the page in a real browser, tries a request there, and looks
// at everything that is requested meanwhile.
func TestPage(t *testing.T) {
	b := startBrowser(t)
	s := serveSite(t, docsui.New(readDocument(t), docsui.Config{}))
	b.visit(s.URL + "/acme/v1/docs") // redirects
	b.await(`document.querySelectorAll(".opblock").length == 2`)
	for selector, want := range map[string]string{
		"#operations-greetings-greet .opblock-summary-description":  "Greet somebody",
		"#operations-greetings-greet .opblock-summary-path":         "/greetings/{name}",
		"#operations-greetings-forget .opblock-summary-description": "Forget everybody",
		".info .title": "Greetings & more",
	} {
		text := b.value(`document.querySelector("` + selector + `").textContent`)
		if text = strings.ReplaceAll(text, "\u200b", ""); !strings.Contains(text, want) {
			t.Errorf("%s shows %q, want %q", selector, text, want)
		}
	}
	b.await(`document.title == "Greetings & more"`)

	b.click("#operations-greetings-greet .opblock-summary-control")
	b.click("#operations-greetings-greet .try-out__btn")
	b.click("#operations-greetings-greet .execute")
	b.await(`(document.querySelector(".live-responses-table .response")?.textContent ?? "").includes("Hello, Ada!")`)

	for _, url := range b.requests() {
		if !strings.HasPrefix(url, s.URL+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page requests %s", url)
		}
	}
	if got := b.failures(); len(got) > 0 {
		t.Errorf("the page has the errors %q", got)
	}
	served := strings.Join(s.requests(), "\n")
	for _, want := range []string{
		"GET /acme/v1/docs/\n",
		"GET /acme/v1/docs/openapi.yaml\n",
		"GET /acme/v1/docs/swagger-ui-bundle.js?v=",
		"GET /acme/v1/docs/swagger-ui.css?v=",
		"GET /acme/v1/docs/docsui.js?v=",
		"GET /greetings/Ada",
	} {
		if !strings.Contains(served, want) {
			t.Errorf("the browser has not requested %q, but\n%s", want, served)
		}
	}
}

// TestPageAuthorizes gives the page a token, with which it sends a request.
func TestPageAuthorizes(t *testing.T) {
	b := startBrowser(t)
	s := serveSite(t, docsui.New(readDocument(t), docsui.Config{}))
	b.visit(s.URL + "/acme/v1/docs/#/greetings/forget")
	b.click("#operations-greetings-forget .try-out__btn")
	b.click("#operations-greetings-forget .execute")
	b.await(`document.querySelector(".live-responses-table .response .response-col_status")?.textContent.startsWith("401")`)

	b.click(".auth-wrapper .authorize")
	b.await(`document.querySelector(".auth-container input")`)
	b.value(`(() => {
		const field = document.querySelector(".auth-container input");
		Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, "secret"); // past React
		field.dispatchEvent(new Event("input", { bubbles: true }));
	})()`)
	b.click(".auth-container .auth-btn-wrapper .authorize")
	b.click(".auth-container .btn-done")
	b.click("#operations-greetings-forget .execute")
	b.await(`document.querySelector(".live-responses-table .response .response-col_status")?.textContent.startsWith("204")`)
}

// TestPageOfHostileDocument shows that a document, or a link to the page, cannot
// make the browser ask another server.
func TestPageOfHostileDocument(t *testing.T) {
	b := startBrowser(t)
	other := serveSite(t, docsui.New(readDocument(t), docsui.Config{}))
	document := strings.Replace(string(readDocument(t)), "version: 1.0.0", `version: 1.0.0
    description: '![logo](`+other.URL+`/logo.png) <script src="`+other.URL+`/x.js"></script> <b>bold</b>'
servers:
    - url: `+other.URL, 1)
	s := serveSite(t, docsui.New([]byte(document), docsui.Config{}))
	b.visit(s.URL + "/acme/v1/docs/?url=" + other.URL + "/acme/v1/docs/openapi.yaml")
	b.await(`document.querySelector(".info .description img")`)

	b.click("#operations-greetings-greet .opblock-summary-control")
	b.click("#operations-greetings-greet .try-out__btn")
	b.click("#operations-greetings-greet .execute")
	b.await(`(document.querySelector(".live-responses-table .response")?.textContent ?? "").includes("Failed to fetch")`)

	if got := other.requests(); len(got) > 0 {
		t.Errorf("the other server was asked for %q", got)
	}
	forbidden := strings.Join(b.failures(), "\n")
	for _, directive := range []string{"img-src", "connect-src"} {
		if !strings.Contains(forbidden, directive) {
			t.Errorf("the policy did not forbid by %s, but\n%s", directive, forbidden)
		}
	}
}

// TestPageAsksOrigins shows that the page reaches the servers that it may.
func TestPageAsksOrigins(t *testing.T) {
	b := startBrowser(t)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		fmt.Fprint(w, "Hello from the API!")
	}))
	t.Cleanup(api.Close)
	document := strings.Replace(string(readDocument(t)), "paths:", "servers:\n    - url: "+api.URL+"\npaths:", 1)
	s := serveSite(t, docsui.New([]byte(document), docsui.Config{Origins: []string{api.URL}}))
	b.visit(s.URL + "/acme/v1/docs/#/greetings/greet") // opens the operation
	b.click("#operations-greetings-greet .try-out__btn")
	b.click("#operations-greetings-greet .execute")
	b.await(`(document.querySelector(".live-responses-table .response")?.textContent ?? "").includes("Hello from the API!")`)
	if got := b.failures(); len(got) > 0 {
		t.Errorf("the page has the errors %q", got)
	}
}

func TestPageReadOnly(t *testing.T) {
	b := startBrowser(t)
	s := serveSite(t, docsui.New(readDocument(t), docsui.Config{ReadOnly: true, Title: `A "title" & <more>`}))
	b.visit(s.URL + "/acme/v1/docs/#/greetings/greet")
	b.await(`document.querySelector("#operations-greetings-greet .responses-wrapper")`)
	if got := b.value(`document.querySelectorAll(".try-out__btn").length`); got != "0" {
		t.Errorf("%s buttons to try it out", got)
	}
	if got := b.value("document.title"); got != `A "title" & <more>` {
		t.Errorf("the title is %q", got)
	}
	if got := b.failures(); len(got) > 0 {
		t.Errorf("the page has the errors %q", got)
	}
}
