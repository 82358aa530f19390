package runtime

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// requestOf returns a request with that query, which need not be well formed.
func requestOf(query string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.RawQuery = query
	return r
}

func FuzzPairs(f *testing.F) {
	for _, s := range []string{
		"", "a=1&b=2", "a=1&a=2", "a", "=", "=1", "&&a=1&", "a=b=c", "a+b=c+d", "%61=%62", "a=%", "a=%4", "a=%4&b",
		"a=%zz&b=1", "a;b=1", "a=1;b", "%3b=%3B", "a[b]=1", "é=ü", "%C3%A9=%FF",
	} {
		f.Add(s)
	}
	f.Add(strings.Repeat("&", maxPairs))
	f.Add(strings.Repeat("a&", maxPairs-1) + "a")
	f.Fuzz(func(t *testing.T, query string) {
		want, wantErr := url.ParseQuery(query)
		in := NewInput(nil, requestOf(query))
		got := url.Values{}
		for pair := in.Query(); pair.Next(); {
			p := pair.Param()
			if p.name != pair.Name() || p.text != pair.Value() {
				t.Fatalf("%q: Param is %q=%q, Name and Value are %q=%q", query, p.name, p.text, pair.Name(), pair.Value())
			}
			got.Add(p.name, p.text)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %q, want %q", query, got, want)
		}
		if err := in.Err(); (err != nil) != (wantErr != nil) {
			t.Errorf("%q: error %v, want %v", query, err, wantErr)
		}
	})
}

func FuzzCookie(f *testing.F) {
	for _, s := range []string{
		"", "a=1", "a=1; b=2", `a="1"`, `a="`, `a=""`, "a=1;a=2", " a = 1 ;b", "a", "a=;", "a=b=c", "a=é", "=1", "a b=1",
		"a=1,2", "a=\"1\\2\"", "\ta=1\t", "a\t=1", ";;a=1",
	} {
		f.Add(s, "", "a")
	}
	f.Add("a=1", "a=2", "a")
	f.Add(strings.Repeat(";", maxCookies), "a=1", "a")
	f.Fuzz(func(t *testing.T, line1, line2, name string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Cookie"] = []string{line1, line2}
		in := NewInput(nil, r)

		all := r.Cookies()
		i := 0
		for p := range in.CookieParams() {
			if i >= len(all) || p.name != all[i].Name || p.text != all[i].Value {
				t.Fatalf("%q, %q: cookie %d is %q=%q, want one of %v", line1, line2, i, p.name, p.text, all)
			}
			i++
		}
		if i != len(all) {
			t.Errorf("%q, %q: %d cookies, want %v", line1, line2, i, all)
		}

		if !isToken(name) {
			return // no name of a cookie
		}
		p := in.Cookie(name)
		named := r.CookiesNamed(name)
		if int(p.count) != min(len(named), 2) {
			t.Fatalf("%q, %q: %d cookies %q, want %d", line1, line2, p.count, name, len(named))
		}
		if len(named) > 0 && p.text != named[0].Value {
			t.Errorf("%q, %q: cookie %s is %q, want %q", line1, line2, name, p.text, named[0].Value)
		}
	})
}

func FuzzProblem(f *testing.F) {
	f.Add(400, "detail", "name", "must be \"that\"")
	f.Add(418, "<script>&\u2028\u2029", "\x00\x1f\x7f\b\f\n\r\t", "\xff\xc3é\U0001F600\ufffd")
	f.Add(599, "", "", "")
	f.Fuzz(func(t *testing.T, status int, detail, name, problem string) {
		if !possible(status) {
			t.Skip("the status has not three digits")
		}
		type document struct {
			Title  string    `json:"title"`
			Status int       `json:"status"`
			Detail string    `json:"detail,omitempty"`
			Errors []Problem `json:"errors,omitempty"`
		}
		problems := []Problem{{In: "query", Name: name, Detail: problem}, {In: "body", Detail: detail}}
		for n := range len(problems) + 1 {
			got := appendProblem(nil, status, detail, problems[:n])
			wantDetail := []string{detail, "1 value of the request is not valid", "2 values of the request are not valid"}[n]
			want := encodeWithoutHTML(t, document{title(status), status, wantDetail, problems[:n]})
			// The engines of encoding/json differ in how they write U+FFFD.
			if g, w := reencode(t, got), reencode(t, want); g != w {
				t.Errorf("got %s, want %s", got, want)
			}
			if !offsetsAtStart() && !bytes.Equal(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})
}

func encodeWithoutHTML(t *testing.T, v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func reencode(t *testing.T, document []byte) string {
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func FuzzInt(f *testing.F) {
	for _, s := range []string{"", "0", "-0", "+1", "-1", "127", "128", "-129", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1_0", "0x1", " 1", "--1", "+-1", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, v := parseInt(s)
		want, err := strconv.ParseInt(s, 10, 64)
		if (v == wellFormed) != (err == nil) || err == nil && n != want {
			t.Errorf("parseInt(%q) = %d, %d, want %d, %v", s, n, v, want, err)
		}
		u, v := parseUint(s)
		wantUint, err := strconv.ParseUint(s, 10, 64)
		if (v == wellFormed) != (err == nil) || err == nil && u != wantUint {
			t.Errorf("parseUint(%q) = %d, %d, want %d, %v", s, u, v, wantUint, err)
		}
	})
}

// FuzzOutline compares the outline of a text with what encoding/json decodes,
// and looks for each value by its pointer.
func FuzzOutline(f *testing.F) {
	for _, s := range []string{
		`{}`, `[]`, `1`, `"a\"b"`, `null`, `{"a":1,"b":[true,{"c":null}],"a/b~c":{"d":[]}}`, ` [ 1 , "]" , { "}" : "{" } ] `,
		`{"a":{"a":{"a":1}},"a":2}`, `[[[]],[[1]]]`, `{"\u0061":1,"A":2}`, `{"":{"":0}}`, `[`, `]`, `{"a`, `{"a"}`, `[1`, `{00`, "{\"\xa9\":1}", `}`, `"`, `"\`,
		`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14,"o":15,"p":16,"q":[17]}`,
	} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, body []byte, place int) {
		o := newOutline(body)
		if n, ok := o.before(place); ok {
			_ = o.pointer(n) // of any text, it does not panic
		}
		in := NewInput(nil, nil)
		in.body = &buffer{b: body}
		root := (*Pointer)(nil)
		a := root.Member("a")
		b := a.Index(0)
		in.Has(&b)

		var v any
		if json.Unmarshal(body, &v) != nil {
			return
		}
		if !json.Valid(o.upTo(len(body), -1)) {
			t.Fatalf("%s: cut off at its end it is not valid", body)
		}
		for i := range o.nodes {
			n := &o.nodes[i]
			if !json.Valid(body[n.start:n.end]) {
				t.Errorf("%s: value %d is %s", body, i, body[n.start:n.end])
			}
			if i > 0 && !json.Valid(o.upTo(int(n.end), n.parent)) {
				t.Errorf("%s: up to value %d it is %s", body, i, o.upTo(int(n.end), n.parent))
			}
			if at, ok := o.before(int(n.start) + 1); !ok || at != int32(i) {
				t.Errorf("%s: the value at %d is %d, want %d", body, n.start, at, i)
			}
		}
		if !hasDoubles(o) {
			checkPlaces(t, &in, body, o, nil, v)
		}
	})
}

// hasDoubles reports whether an object has two members that could be taken for
// each other.
func hasDoubles(o *outline) bool {
	for i := range o.nodes {
		var names []string
		if o.body[o.nodes[i].start] == '{' {
			for child := range o.children(int32(i)) {
				name := o.name(child)
				if slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, name) }) {
					return true
				}
				names = append(names, name)
			}
		}
	}
	return false
}

// checkPlaces checks that each place in v is found in the body, and named.
func checkPlaces(t *testing.T, in *Input, body []byte, o *outline, at *Pointer, v any) {
	if in.Has(at) != (v != nil) {
		t.Errorf("%s: Has(%q) = %t", body, at, in.Has(at))
	}
	_, n, ok := in.finder.find(at)
	if !ok || o.pointer(n) != at.String() {
		t.Errorf("%s: %q is found at %q", body, at, o.pointer(n))
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			below := at.Member(name)
			checkPlaces(t, in, body, o, &below, member)
		}
		none := at.Member("no such member")
		if _, ok := v["no such member"]; !ok && in.Has(&none) {
			t.Errorf("%s: Has(%q)", body, &none)
		}
	case []any:
		for i, element := range v {
			below := at.Index(i)
			checkPlaces(t, in, body, o, &below, element)
		}
		none := at.Index(len(v))
		if in.Has(&none) {
			t.Errorf("%s: Has(%q)", body, &none)
		}
	}
}

// FuzzRouter compares routers with ServeMuxes of the same routes, by themselves
// and below a prefix.
func FuzzRouter(f *testing.F) {
	f.Add("GET /a\n/a\n/a/{$}", "HEAD", "/a")
	f.Add("/\nGET /a/{id}/{rest...}", "GET", "/a/b%2Fc/d/")
	f.Add("example.com/a\n/a/", "POST", "/a//b/../c")
	f.Add("/%61\n/b%2Fc/\nPUT /{x}", "PUT", "/b%2fc/%2F")
	f.Add("/ä\nGET /%C3%A4", "GET", "/%C3%A4")
	f.Fuzz(func(t *testing.T, patterns, method, target string) {
		if _, err := url.ParseRequestURI(target); err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		mux, router := http.NewServeMux(), NewRouter()
		for text := range strings.SplitSeq(patterns, "\n") {
			if panics(func() { mux.Handle(text, respondWith(text)) }) != panics(func() { router.Handle(text, respondWith(text)) }) {
				t.Fatalf("%q: one of the two refuses the pattern", text)
			}
		}
		ask := func(target string) *http.Request {
			r := request("GET", "example.com", target)
			r.Method = method
			return r
		}
		compareWithMux(t, mux, router, func() *http.Request { return ask(target) })

		direct, nested := httptest.NewRecorder(), httptest.NewRecorder()
		router.ServeHTTP(direct, ask(target))
		outer := NewRouter().Nest("/n/{prefix}", router)
		outer.ServeHTTP(nested, ask("/n/p%2Fq"+target))
		if method != http.MethodConnect && direct.Code == http.StatusOK && nested.Code != http.StatusOK {
			t.Errorf("%s %s: got %d, nested %d", method, target, direct.Code, nested.Code)
		}
	})
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
