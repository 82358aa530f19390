package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// texts returns the names and texts of params.
func texts(params []Param) []string {
	var list []string
	for _, p := range params {
		list = append(list, p.Name()+"="+p.text)
	}
	return list
}

func TestHeader(t *testing.T) {
	r := httptest.NewRequest("GET", "http://example.com/", nil)
	r.Header = http.Header{
		"X-One": {"1"}, "X-Two": {"1", "2"}, "X-Empty": {""},
		"X-List": {`a, b ,, "c, \"d" `, "", "e"},
	}
	in := NewInput(nil, r)
	tests := []struct {
		name string
		want Param
	}{
		{"X-One", Param{"X-One", "1", InHeader, 1}},
		{"X-Two", Param{"X-Two", "1", InHeader, 2}},
		{"X-Empty", Param{"X-Empty", "", InHeader, 1}},
		{"X-None", Param{"X-None", "", InHeader, 0}},
		{"Host", Param{"Host", "example.com", InHeader, 1}},
	}
	for _, test := range tests {
		if got := in.Header(test.name); got != test.want {
			t.Errorf("%s is %v, want %v", test.name, got, test.want)
		}
	}
	want := []string{"X-List=a", "X-List=b", `X-List="c, \"d"`, "X-List=e"}
	if got := texts(in.HeaderList("X-List")); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := in.HeaderList("X-None"); got != nil {
		t.Errorf("got %v", got)
	}
	want = []string{"X-Empty=", `X-List=a, b ,, "c, \"d" `, "X-List=", "X-List=e", "X-One=1", "X-Two=1", "X-Two=2"}
	if got := texts(slices.Collect(in.HeaderParams())); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHeaderListEndsInsideQuotes(t *testing.T) {
	for _, line := range []string{`"`, `"\`, `"a, b`, `\`, `,`, ` `} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["X-List"] = []string{line}
		in := NewInput(nil, r)
		for _, p := range in.HeaderList("X-List") {
			if p.text != line {
				t.Errorf("%q has the element %q", line, p.text)
			}
		}
	}
}

func TestCookie(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header["Cookie"] = []string{`a="1"; b=2; bad="x`, "b=3; c"}
	in := NewInput(nil, r)
	tests := map[string]Param{
		"a":    {"a", "1", InCookie, 1},
		"b":    {"b", "2", InCookie, 2},
		"c":    {"c", "", InCookie, 1},
		"bad":  {"bad", "", InCookie, 0},
		"none": {"none", "", InCookie, 0},
	}
	for name, want := range tests {
		if got := in.Cookie(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for p := range in.CookieParams() {
		if p != (Param{"a", "1", InCookie, 1}) {
			t.Errorf("got %v", p)
		}
		break
	}
}

func TestPath(t *testing.T) {
	tests := []struct {
		pattern, path string
		want          []string
		matched       MatchedPath
	}{
		{"GET /users/{id}/files/{rest...}", "/users/a%2Fb/files/x/y%20z", []string{"id=a/b", "rest=x/y z"}, "/users/{id}/files/{rest...}"},
		{"/files/{rest...}", "/files/", []string{"rest="}, "/files/{rest...}"},
		{"example.com/{a}/{$}", "/1/", []string{"a=1"}, "/{a}/{$}"},
		{"GET  example.com/static", "/static", nil, "/static"},
	}
	for _, test := range tests {
		router := NewRouter()
		router.HandleFunc(test.pattern, func(w http.ResponseWriter, r *http.Request) {
			in := NewInput(w, r)
			if got := texts(slices.Collect(in.PathParams())); !slices.Equal(got, test.want) {
				t.Errorf("%s: got %q, want %q", test.pattern, got, test.want)
			}
			for p := range in.PathParams() {
				if one := in.Path(p.Name()); one != p {
					t.Errorf("%s: Path(%s) is %v, want %v", test.pattern, p.Name(), one, p)
				}
				break
			}
			if got := ReadMatchedPath(r); got != test.matched {
				t.Errorf("%s: the matched path is %q, want %q", test.pattern, got, test.matched)
			}
		})
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", "http://example.com"+test.path, nil))
		if w.Code != 200 {
			t.Errorf("%s: status %d", test.path, w.Code)
		}
	}
	if got := ReadMatchedPath(httptest.NewRequest("GET", "/", nil)); got != "" {
		t.Errorf("without a route the matched path is %q", got)
	}
}

func TestPairsKey(t *testing.T) {
	in := NewInput(nil, requestOf("filter[a]=1&filter[]=2&filter=3&filter[b=4&filters[c]=5&filter%5Bd%5D=6&filter[e][f]=7"))
	got := map[string]int{}
	for pair := in.Query(); pair.Next(); {
		if key, ok := pair.Key("filter"); ok {
			got[key] = ReadInt[int](&in, pair.Param())
		}
	}
	want := map[string]int{"a": 1, "": 2, "d": 6, "e][f": 7}
	if !reflect.DeepEqual(got, want) || in.Failed() {
		t.Errorf("got %v, %v, want %v", got, in.Err(), want)
	}
}

func TestValues(t *testing.T) {
	in := NewInput(nil, requestOf("a=1&b=2&a=3"))
	if got := in.Values().Encode(); got != "a=1&a=3&b=2" || in.Failed() {
		t.Errorf("got %s, %v", got, in.Err())
	}
}

func TestHead(t *testing.T) {
	r := httptest.NewRequest("GET", "http://example.com:8080/a/b?c=d", nil)
	r.RemoteAddr = "[2001:db8::1]:1234"
	if got := ReadHost(r); got != "example.com:8080" {
		t.Errorf("host %q", got)
	}
	if got := ReadPeer(r); got != netip.MustParseAddrPort("[2001:db8::1]:1234") {
		t.Errorf("peer %v", got)
	}
	r.RemoteAddr = "@"
	if got := ReadPeer(r); got.IsValid() {
		t.Errorf("peer %v", got)
	}

	r.RequestURI = "/a/b?c=d"
	http.StripPrefix("/a", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if got := ReadOriginalURL(r).Value.String(); got != "/a/b?c=d" {
			t.Errorf("original URL %q", got)
		}
		if got := OriginalPath(r); got != "/a/b" {
			t.Errorf("original path %q", got)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	r.RequestURI = ""
	original := ReadOriginalURL(r).Value
	original.Path = "/changed"
	if r.URL.Path != "/a/b" || original.RawQuery != "c=d" {
		t.Errorf("got %s, the request has %s", original, r.URL)
	}
	for uri, want := range map[string]string{
		"":                        "/a b",
		"/a%20b?c":                "/a b",
		"/api/a%20b?c":            "/api/a b",
		"https://example.com/x?y": "/x",
		"*":                       "*",
		"/a/../b":                 "/a/../b",
	} {
		r := &http.Request{RequestURI: uri, URL: &url.URL{Path: "/a b"}}
		if uri == "*" {
			r.URL.Path = "*"
		}
		if got := OriginalPath(r); got != want {
			t.Errorf("the original path of %q is %q, want %q", uri, got, want)
		}
	}
}

func TestBearer(t *testing.T) {
	tests := []struct {
		lines     []string
		token     Bearer
		absent    bool
		challenge string
	}{
		{[]string{"Bearer abc.DEF-_~+/=="}, "abc.DEF-_~+/==", false, ""},
		{[]string{"bEARER  abc"}, "abc", false, ""},
		{nil, "", true, "Bearer"},
		{[]string{""}, "", true, "Bearer"},
		{[]string{"Basic YTpi"}, "", false, "Bearer"},
		{[]string{"Bearerabc"}, "", false, "Bearer"},
		{[]string{"Bearer"}, "", false, `Bearer error="invalid_token"`},
		{[]string{"Bearer "}, "", false, `Bearer error="invalid_token"`},
		{[]string{"Bearer a b"}, "", false, `Bearer error="invalid_token"`},
		{[]string{"Bearer a=b"}, "", false, `Bearer error="invalid_token"`},
		{[]string{"Bearer =="}, "", false, `Bearer error="invalid_token"`},
		{[]string{"Bearer ü"}, "", false, `Bearer error="invalid_token"`},
		{[]string{"Bearer a", "Bearer b"}, "", false, `Bearer error="invalid_token"`},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Authorization"] = test.lines
		in := NewInput(nil, r)
		token, err := ReadBearer(&in)
		if token != test.token {
			t.Errorf("%q: got %q", test.lines, token)
		}
		checkChallenge(t, test.lines, err, test.absent, test.challenge)
	}
}

func TestBasicAuth(t *testing.T) {
	const challenge = `Basic realm="restricted", charset="UTF-8"`
	tests := []struct {
		lines     []string
		want      BasicAuth
		absent    bool
		challenge string
	}{
		{[]string{"Basic YTpi"}, BasicAuth{"a", "b"}, false, ""},
		{[]string{"basic YTpi"}, BasicAuth{"a", "b"}, false, ""},
		{nil, BasicAuth{}, true, challenge},
		{[]string{"Bearer abc"}, BasicAuth{}, false, challenge},
		{[]string{"Basic !"}, BasicAuth{}, false, challenge},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Authorization"] = test.lines
		in := NewInput(nil, r)
		got, err := ReadBasicAuth(&in)
		if got != test.want {
			t.Errorf("%q: got %q", test.lines, got)
		}
		checkChallenge(t, test.lines, err, test.absent, test.challenge)
	}
}

func checkChallenge(t *testing.T, lines []string, err error, absent bool, challenge string) {
	t.Helper()
	if (err != nil) != (challenge != "") || errors.Is(err, ErrAbsent) != absent {
		t.Errorf("%q: error %v", lines, err)
	}
	if err == nil {
		return
	}
	w := httptest.NewRecorder()
	WriteError(w, httptest.NewRequest("GET", "/", nil), fmt.Errorf("who: %w", err))
	if got := w.Header().Get("WWW-Authenticate"); w.Code != 401 || got != challenge {
		t.Errorf("%q: got %d, WWW-Authenticate: %s, want %s", lines, w.Code, got, challenge)
	}
	if len(lines) > 0 && lines[0] != "" && strings.Contains(w.Body.String(), lines[0]) {
		t.Errorf("%q: the answer shows it: %s", lines, w.Body)
	}
}

type tenant struct{ name string }

func TestExtension(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	in := NewInput(nil, r)
	_, err := ReadExtension[tenant](&in)
	if StatusOf(err) != 500 || !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "runtime.tenant") {
		t.Errorf("got %v", err)
	}
	_, err = ReadExtension[fmt.Stringer](&in)
	if err == nil || !strings.Contains(err.Error(), "fmt.Stringer") {
		t.Errorf("got %v", err)
	}

	r = WithExtension(r, tenant{"a"})
	r = WithExtension(r, &tenant{"b"})
	r = WithExtension[fmt.Stringer](r, netip.MustParseAddr("::1"))
	r = WithExtension(r, tenant{"c"})
	in = NewInput(nil, r)
	value, err := ReadExtension[tenant](&in)
	if value.Value.name != "c" || err != nil {
		t.Errorf("got %v, %v", value, err)
	}
	pointer, err := ReadExtension[*tenant](&in)
	if err != nil || pointer.Value.name != "b" {
		t.Errorf("got %v, %v", pointer, err)
	}
	stringer, err := ReadExtension[fmt.Stringer](&in)
	if err != nil || stringer.Value.String() != "::1" {
		t.Errorf("got %v, %v", stringer, err)
	}
}

func TestAttempt(t *testing.T) {
	in := NewInput(nil, requestOf("n=x"))
	readN := func(in *Input) (int, error) {
		n := QueryParam("n")
		for pair := in.Query(); pair.Next(); {
			n.Set(pair.Value())
		}
		value := ReadInt[int](in, n)
		return value + 1, in.Err()
	}
	result := Attempt(&in, readN)
	if StatusOf(result.Err) != 400 || result.Value != 0 || in.Failed() {
		t.Errorf("got %+v, the input has failed: %t", result, in.Failed())
	}
	in = NewInput(nil, requestOf("n=1"))
	if result := Attempt(&in, readN); result.Err != nil || result.Value != 2 {
		t.Errorf("got %+v", result)
	}
	result = Attempt(&in, func(in *Input) (int, error) {
		in.invalid(QueryParam("n"), "no")
		return 1, nil
	})
	if result.Err == nil || result.Value != 0 {
		t.Errorf("a problem that was not returned is lost: %+v", result)
	}
	result = Attempt(&in, func(*Input) (int, error) { return 1, context.Canceled })
	if result.Err != context.Canceled || result.Value != 0 {
		t.Errorf("got %+v", result)
	}
}

type validated struct{ err error }

func (v validated) Validate() error { return v.err }

func TestValidate(t *testing.T) {
	in := NewInput(nil, nil)
	in.Validate(QueryParam("a"), validated{})
	in.ValidateAll(InQuery, validated{})
	in.ValidateAt(nil, validated{})
	if in.Failed() {
		t.Fatal(in.Err())
	}
	cause := errors.New("must not be that")
	in.Validate(QueryParam("a"), validated{cause})
	in.ValidateAll(InHeader, validated{errors.New("must agree")})
	items := (*Pointer)(nil).Member("items")
	at := items.Index(3)
	in.ValidateAt(&at, validated{errors.New("must differ")})
	in.ValidateAt(nil, validated{errors.New("must be something else")})
	want := []Problem{
		{In: "query", Name: "a", Detail: "must not be that"},
		{In: "header", Detail: "must agree"},
		{In: "body", Name: "/items/3", Detail: "must differ"},
		{In: "body", Detail: "must be something else"},
	}
	var rejection *Rejection
	if !errors.As(in.Err(), &rejection) || !slices.Equal(rejection.Problems(), want) {
		t.Errorf("got %v, want %v", in.Err(), want)
	}
	if !errors.Is(in.Err(), cause) {
		t.Error("the cause is lost")
	}
}

func TestPointer(t *testing.T) {
	root := (*Pointer)(nil)
	a := root.Member("a/b~c")
	b := a.Index(12)
	c := b.Member("")
	if got := c.String(); got != "/a~1b~0c/12/" {
		t.Errorf("got %q", got)
	}
	if got := root.String(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestHas(t *testing.T) {
	var members []string
	for i := range 100 {
		members = append(members, fmt.Sprintf(`"k%d":{"v":%d}`, i, i))
	}
	body := `{"a":[{"b":1},{"B":null},{"c":[]}],"wide":{` + strings.Join(members, ",") + `},"x":1,"x":null,"ß":0}`
	in := NewInput(nil, postJSON(body))
	var v any
	if err := in.OpenJSON(&v, NoLimit); err != nil {
		t.Fatal(err)
	}
	root := (*Pointer)(nil)
	a, wide, x, y, deep := root.Member("a"), root.Member("wide"), root.Member("x"), root.Member("y"), root.Member("x")
	below := deep.Member("z")
	belowIndex := deep.Index(0)
	for _, test := range []struct {
		at   *Pointer
		want bool
	}{{root, true}, {&a, true}, {&wide, true}, {&x, false}, {&y, false}, {&below, false}, {&belowIndex, false}} {
		if got := in.Has(test.at); got != test.want {
			t.Errorf("Has(%q) is %t", test.at, got)
		}
	}
	for _, i := range []int{0, 2, 1, 0, 3, -5} {
		element := a.Index(max(i, 0))
		b, c := element.Member("b"), element.Member("c")
		if in.Has(&b) != (i <= 0) || in.Has(&c) != (i == 2) || in.Has(&element) != (i < 3) {
			t.Errorf("element %d: %t %t %t", i, in.Has(&b), in.Has(&c), in.Has(&element))
		}
	}
	for _, i := range []int{50, 3, 99} {
		member := wide.Member(fmt.Sprint("k", i))
		value := member.Member("V")
		if !in.Has(&value) {
			t.Errorf("Has(%q) is false", &value)
		}
		member = wide.Member(fmt.Sprint("K", i))
		if !in.Has(&member) {
			t.Errorf("Has(%q) is false", &member)
		}
	}
	if err := in.CloseJSON(); err != nil || in.Has(root) {
		t.Errorf("after the end: %v, %t", err, in.Has(root))
	}
}

// TestHasIsLinear goes through bodies that would take minutes if each look
// started at the front.
func TestHasIsLinear(t *testing.T) {
	const n = 200_000
	in := NewInput(nil, postJSON(`[`+strings.Repeat(`{},`, n)+`{}]`))
	var v []struct{}
	if err := in.OpenJSON(&v, NoLimit); err != nil {
		t.Fatal(err)
	}
	for i := range v {
		at := (*Pointer)(nil).Index(i)
		name := at.Member("name")
		if in.Has(&name) {
			t.Fatal("there is no name")
		}
	}

	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%d":0,`, i)
	}
	in = NewInput(nil, postJSON(`{`+b.String()+`"x":0}`))
	var m map[string]int
	if err := in.OpenJSON(&m, NoLimit); err != nil {
		t.Fatal(err)
	}
	for key := range m {
		at := (*Pointer)(nil).Member(key)
		if !in.Has(&at) {
			t.Fatalf("there is %q", key)
		}
	}

	const depth = 4000
	in = NewInput(nil, postJSON(strings.Repeat(`{"a":`, depth)+`1`+strings.Repeat(`}`, depth)))
	var raw json.RawMessage
	if err := in.OpenJSON(&raw, NoLimit); err != nil {
		t.Fatal(err)
	}
	var at *Pointer
	for range depth {
		name := at.Member("name")
		if in.Has(&name) {
			t.Fatal("there is no name")
		}
		next := at.Member("a")
		at = &next
	}
}

func TestIs(t *testing.T) {
	checks := map[string]func(string) bool{
		"IsEmail": IsEmail, "IsURL": IsURL, "IsUUID": IsUUID, "IsAlpha": IsAlpha, "IsAlphanum": IsAlphanum,
		"IsNumeric": IsNumeric, "IsHostname": IsHostname, "IsIP": IsIP, "IsNotBlank": IsNotBlank,
		"IsDatetime": func(s string) bool { return IsDatetime(s, "2006-01-02 15:04") },
	}
	good := map[string][]string{
		"IsEmail":    {"jo@example.com", "a.b+c@sub.example.org", "ü@example.com", "a@b"},
		"IsURL":      {"http://example.com", "https://u:p@h:1/a?b#c", "mailto:a@b.c", "file:///etc", "ftp://x/y"},
		"IsUUID":     {"123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000", "ABCDEFAB-cdef-0000-1111-222222222222"},
		"IsAlpha":    {"a", "Zz"},
		"IsAlphanum": {"a1", "9Z"},
		"IsNumeric":  {"0", "-1.5", "+007", "1.0"},
		"IsHostname": {"a", "example.com", "1.example", "a-b.c--d", strings.Repeat("a", 63) + ".b"},
		"IsIP":       {"127.0.0.1", "::1", "2001:db8::1", "::ffff:1.2.3.4"},
		"IsNotBlank": {"a", " a ", "\u200b"},
		"IsDatetime": {"2020-01-02 03:04"},
	}
	bad := map[string][]string{
		"IsEmail":    {"jo", "jo@", "@example.com", "Jo <jo@example.com>", "jo@example.com ", "<jo@example.com>", "a@b, c@d", "jo@exa mple.com"},
		"IsURL":      {"example.com", "/a", "//host/a", "http://", "http:", "://x", "http://a b", "%zz"},
		"IsUUID":     {"123e4567e89b12d3a456426614174000", "{23e4567-e89b-12d3-a456-426614174000}", "123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a456-4266141740000", "123e4567-e89b-12d3-a4560426614174000"},
		"IsAlpha":    {"a1", "é", "a b", "@", "[", "`", "{"},
		"IsAlphanum": {"a-1", "é", " "},
		"IsNumeric":  {"-", "1.", ".5", "1e3", "0x1", "1,5", "NaN", "--1", "1.2.3"},
		"IsHostname": {"-a", "a-", "a..b", "a.", ".a", "a_b", "ü.de", strings.Repeat("a", 64), strings.Repeat("a.", 127) + "ab", "a:80"},
		"IsIP":       {"1.2.3", "1.2.3.4:5", "::1%eth0", "10.0.0.0/8", "01.2.3.4"},
		"IsNotBlank": {" ", "\t\r\n", "\u00a0\u2003"},
		"IsDatetime": {"2020-01-02", "2020-13-01 00:00", "2020-01-02 03:04:05"},
	}
	for name, check := range checks {
		for _, s := range good[name] {
			if !check(s) {
				t.Errorf("%s(%q) is false", name, s)
			}
		}
		for _, s := range append(bad[name], "") {
			if check(s) {
				t.Errorf("%s(%q) is true", name, s)
			}
		}
	}
	if IsDatetime("", "") {
		t.Error("an empty text is a time")
	}
}

func TestAllUnique(t *testing.T) {
	for n := range 40 {
		s := make([]int, n)
		for i := range s {
			s[i] = i
		}
		if !AllUnique(s) {
			t.Errorf("AllUnique(%v) is false", s)
		}
		for i := range n - 1 {
			double := slices.Clone(s)
			double[n-1] = double[i]
			if AllUnique(double) {
				t.Errorf("AllUnique(%v) is true", double)
			}
		}
	}
}

func TestIn(t *testing.T) {
	for in, want := range map[In]string{InPath: "path", InQuery: "query", InHeader: "header", InCookie: "cookie", InForm: "form", InBody: "body", 99: "request"} {
		if got := in.String(); got != want {
			t.Errorf("In(%d) is %q, want %q", in, got, want)
		}
	}
}

// TestInputStaysOnTheStack lets the compiler's decision show: what escapes is
// allocated.
func TestInputStaysOnTheStack(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	router := NewRouter()
	router.HandleFunc("/{a}/{b}", func(w http.ResponseWriter, r *http.Request) {
		got := testing.AllocsPerRun(100, func() {
			in := NewInput(w, r)
			a := ReadString[string](&in, in.Path("a"))
			for p := range in.PathParams() {
				a += ReadString[string](&in, p)[:0]
			}
			for p := range in.CookieParams() {
				a += ReadString[string](&in, p)[:0]
			}
			for pair := in.Query(); pair.Next(); {
				a += ReadString[string](&in, pair.Param())[:0]
			}
			if in.HasBody() || in.Failed() || a != "1" {
				in.Reject(w, r)
			}
		})
		if got != 0 {
			t.Errorf("%v allocations", got)
		}
	})
	r := httptest.NewRequest("GET", "/1/2?c=3", nil)
	r.Header["Cookie"] = []string{"d=4"}
	router.ServeHTTP(&nullWriter{header: http.Header{}}, r)
}
