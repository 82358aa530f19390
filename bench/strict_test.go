package bench

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/bench/endpoints"
	"github.com/handlergen/handlergen/bench/optimum"
	"github.com/handlergen/handlergen/bench/ours"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// TestOptimumIsAsStrict compares what is written by hand with what is generated,
// byte by byte: an optimum that checks less would be no measure.
func TestOptimumIsAsStrict(t *testing.T) {
	generated, byHand := ours.Routes(), optimum.Handler()
	for _, q := range append(endpoints.Requests(), odd()...) {
		t.Run(q.Method+" "+q.Target+" "+string(q.Body[:min(len(q.Body), 40)]), func(t *testing.T) {
			want, got := answer(generated, q.New()), answer(byHand, q.New())
			if got.Code != want.Code {
				t.Errorf("by hand %d %s\ngenerated %d %s", got.Code, got.Body, want.Code, want.Body)
			}
			if !maps.EqualFunc(got.Header(), want.Header(), slices.Equal) {
				t.Errorf("header by hand %v, generated %v", got.Header(), want.Header())
			}
			if q.ContentType == jsonType && want.Code >= 400 {
				return // the words for what is wrong inside a JSON body may differ
			}
			if !bytes.Equal(got.Body.Bytes(), want.Body.Bytes()) {
				t.Errorf("by hand   %.500s\ngenerated %.500s", got.Body, want.Body)
			}
		})
	}
}

// odd returns requests with something wrong or unusual.
func odd() []endpoints.Request {
	var list []endpoints.Request
	get := func(target string, header http.Header) {
		list = append(list, endpoints.Request{Method: "GET", Target: target, Header: header})
	}
	post := func(target, contentType, body string) {
		list = append(list, endpoints.Request{
			Method: "POST", Target: target, ContentType: contentType, Body: []byte(body),
		})
	}
	for _, id := range []string{
		"x", "-5", "+5", "-", "1.0", "0x1", "1_000", "%31", "%20", "007", "9223372036854775807",
		"9223372036854775808", "-9223372036854775808", "-9223372036854775809", "0000000000000000000000001",
	} {
		get("/users/"+id, nil)
	}

	head := http.Header{"X-Tenant": {"acme"}, "Cookie": {"session=abc"}}
	const query = "text=a&page=1&limit=2&sort=s&desc=true&min=1.5"
	for _, q := range []string{
		"", query, "text=a", query + "&page=2", query + "&text=", query + "&other=%zz", query + "&a;b",
		query + "&&=x&", "text&page=1&limit=2&sort=&desc=T&min=-0", "te%78t=a%26b&pag%65=1&limit=2&sort=s+t&desc=0&min=1e3",
		"text=a&page=&limit=x&sort=s&desc=yes&min=", "text=%&page=1&limit=2&sort=s&desc=true&min=nan",
		"text=a&page=1&limit=99999999999999999999&sort=s&desc=true&min=inf", "text=a&page=1&limit=2&sort=s&desc=true&min=1e999",
		"TEXT=a&page=1&limit=2&sort=s&desc=true&min=0x1p-2", "text=a=b&page=1&limit=2&sort=s&desc=true&min=1_0",
		strings.Repeat("a&", 10001), query + "&" + strings.Repeat("a&", 9990),
	} {
		get("/search?"+q, head)
	}
	for _, h := range []http.Header{
		{"Cookie": {"session=abc"}},
		{"X-Tenant": {"acme"}},
		{"X-Tenant": {""}, "Cookie": {"session="}},
		{"X-Tenant": {"a", "b"}, "Cookie": {"session=a; session=b"}},
		{"X-Tenant": {"a"}, "Cookie": {"session=a", "session=b"}},
		{"X-Tenant": {"a"}, "Cookie": {`a=b;  session="quoted" ; c`}},
		{"X-Tenant": {"a"}, "Cookie": {`session=a"b`}},
		{"X-Tenant": {"a"}, "Cookie": {`session`}},
		{"X-Tenant": {"a"}, "Cookie": {`session =a`}},
		{"X-Tenant": {"a"}, "Cookie": {`sessions=a; Session=b; session=c`}},
		{"X-Tenant": {"a, b"}, "Cookie": {`session=a b,c`}},
	} {
		get("/search?"+query, h)
	}

	for _, target := range []string{
		"/measure/1/b/3/d/5/f/7/h", "/measure/x/b/y/d/5/f/z/h?i=1&j=2&k=3&l=4&m=5&n=6&o=7&p=8",
		"/measure/1/%2F/3/%20/5/f/7/h?i=1&i=1&j=2&k=&l=4&m=5&n=6&o=7&p=8",
	} {
		get(target, nil)
	}

	for _, body := range []string{
		"", " ", "null", "{}", "[]", "1", `{"customer":1}`, `{"customer":"a"`, `{"customer":"a"}x`, `{"customer":"a"} `,
		`{"items":[{"quantity":1.5}]}`, `{"items":[{"quantity":99999999999999999999}]}`, `{"CUSTOMER":"a","unknown":[1]}`,
		`{"address":{"zip":7}}`, `{"items":{}}`, `{"customer":"<&>\u2028"}`, "\xff", `{"customer":"\xff"}`, `{"discount":1e400}`,
	} {
		post("/orders", jsonType, body)
		post("/imports", jsonType, "["+body+"]")
	}
	for _, contentType := range []string{
		"", "text/plain", "application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json", "application/json;",
		"application/json; =", "text/json", "application/xjson", formType,
	} {
		post("/orders", contentType, "{}")
	}
	for _, contentType := range []string{"", formType + "; charset=utf-8", "Application/X-WWW-Form-Urlencoded", "multipart/form-data", jsonType} {
		post("/accounts", contentType, "name=a&email=b&age=1&city=c&plan=d&newsletter=1&referrer=e")
	}
	for _, body := range []string{
		"", "name=a", "name=a&name=b&email=&age=x&city=%zz&plan=;&newsletter=2&referrer=e", "%", "age=1&age=2",
	} {
		post("/accounts", formType, body)
	}
	post("/imports", jsonType, strings.Repeat(" ", 2<<20))
	post("/imports", jsonType, "["+strings.Repeat(" ", 2<<20-2)+"]")
	post("/imports", jsonType, "["+strings.Repeat(" ", 2<<20-1)+"]")
	post("/accounts", formType, strings.Repeat("a", 2<<20+1))

	for _, target := range []string{"/", "/nowhere", "/ping/", "/users/", "/users/1/2", "//ping", "/orders", "/accounts"} {
		get(target, nil)
		post(target, jsonType, "{}")
	}
	list = append(list, endpoints.Request{Method: "DELETE", Target: "/users"})
	list = append(list, endpoints.Request{Method: "HEAD", Target: "/users/5"})
	list = append(list, endpoints.Request{Method: "OPTIONS", Target: "/ping"})
	return list
}

// TestOptimumReadsLikeOurs compares bodies whose length is not known or wrong.
func TestOptimumReadsLikeOurs(t *testing.T) {
	const body = `[{"customer":"a"}]`
	for name, change := range map[string]func(r *http.Request){
		"unknown length": func(r *http.Request) { r.ContentLength = -1 },
		"cut off":        func(r *http.Request) { r.ContentLength = 100; r.Body = io.NopCloser(brokenReader{body}) },
		"cut off later":  func(r *http.Request) { r.ContentLength = -1; r.Body = io.NopCloser(brokenReader{body}) },
		"too long": func(r *http.Request) {
			r.ContentLength = -1
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", 3<<20)))
		},
		"no body": func(r *http.Request) { r.ContentLength = 0; r.Body = http.NoBody },
	} {
		t.Run(name, func(t *testing.T) {
			send := func(h http.Handler) (int, string) {
				r := endpoints.Request{Method: "POST", Target: "/imports", ContentType: jsonType, Body: []byte(body)}.New()
				change(r)
				w := answer(h, r)
				return w.Code, w.Body.String()
			}
			gotCode, got := send(optimum.Handler())
			wantCode, want := send(ours.Routes())
			if gotCode != wantCode || got != want {
				t.Errorf("by hand   %d %s\ngenerated %d %s", gotCode, got, wantCode, want)
			}
		})
	}
}

// brokenReader fails as the connection of a client that went away.
type brokenReader struct{ text string }

func (b brokenReader) Read(p []byte) (int, error) { return copy(p, b.text), io.ErrUnexpectedEOF }
