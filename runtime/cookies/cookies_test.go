package cookies_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime/cookies"
)

const (
	secret  = "0123456789abcdef0123456789abcdef"
	another = "a second secret, longer than thirty-two bytes"
)

func newKeys(secrets ...string) cookies.Keys {
	var c cookies.Config
	for _, s := range secrets {
		c.Secrets = append(c.Secrets, []byte(s))
	}
	return cookies.NewKeys(c)
}

// requestWith returns a request with these cookies, "name=text" each.
func requestWith(pairs ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	for _, pair := range pairs {
		r.Header.Add("Cookie", pair)
	}
	return r
}

// set returns the Set-Cookie lines of a jar.
func set(t *testing.T, jar interface{ IntoResponseParts(http.Header) error }) []string {
	t.Helper()
	header := http.Header{}
	if err := jar.IntoResponseParts(header); err != nil {
		t.Fatal(err)
	}
	return header["Set-Cookie"]
}

// send returns the only cookie that a jar sets as a client sends it back.
func send(t *testing.T, jar interface{ IntoResponseParts(http.Header) error }) string {
	t.Helper()
	lines := set(t, jar)
	if len(lines) != 1 {
		t.Fatalf("the jar sets %q, want one cookie", lines)
	}
	pair, _, _ := strings.Cut(lines[0], ";")
	return pair
}

func TestVectors(t *testing.T) {
	var vectors struct {
		Made []struct {
			Secret, Name, Value, Signed, Private string
		}
		Refused []struct{ Kind, Why, Secret, Name, Text string }
	}
	file, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors.Made {
		keys := newKeys(v.Secret)
		if got, ok := keys.Signed(requestWith(v.Name + "=" + v.Signed)).Get(v.Name); got != v.Value || !ok {
			t.Errorf("signed %s = %q, %t, want %q", v.Signed, got, ok, v.Value)
		}
		if got, ok := keys.Private(requestWith(v.Name + "=" + v.Private)).Get(v.Name); got != v.Value || !ok {
			t.Errorf("private %s = %q, %t, want %q", v.Private, got, ok, v.Value)
		}
		pair := send(t, keys.Signed(requestWith()).Add(&http.Cookie{Name: v.Name, Value: v.Value}))
		if want := v.Name + "=" + v.Signed; pair != want {
			t.Errorf("signed %q becomes %s, want %s", v.Value, pair, want)
		}
		pair = send(t, keys.Private(requestWith()).Add(&http.Cookie{Name: v.Name, Value: v.Value}))
		if got, ok := keys.Private(requestWith(pair)).Get(v.Name); got != v.Value || !ok {
			t.Errorf("private %s = %q, %t, want %q", pair, got, ok, v.Value)
		}
	}
	for _, v := range vectors.Refused {
		r := requestWith(v.Name + "=" + v.Text)
		var got string
		var ok bool
		switch v.Kind {
		case "signed":
			got, ok = newKeys(v.Secret).Signed(r).Get(v.Name)
		case "private":
			got, ok = newKeys(v.Secret).Private(r).Get(v.Name)
		default:
			t.Fatalf("vectors of kind %q", v.Kind)
		}
		if got != "" || ok {
			t.Errorf("%s, %s: got %q, %t", v.Kind, v.Why, got, ok)
		}
	}
	if len(vectors.Made) == 0 || len(vectors.Refused) == 0 {
		t.Error("vectors are missing")
	}
}

func TestRotation(t *testing.T) {
	id := &http.Cookie{Name: "id", Value: "7"}
	old, rotated, done := newKeys(another), newKeys(secret, another), newKeys(secret)
	r := requestWith(send(t, old.Signed(requestWith()).Add(id)))
	if got, ok := rotated.Signed(r).Get("id"); got != "7" || !ok {
		t.Errorf("signed with the old secret: %q, %t", got, ok)
	}
	if _, ok := done.Signed(r).Get("id"); ok {
		t.Error("signed with a retired secret: verified")
	}
	if got, want := send(t, rotated.Signed(r).Add(id)), send(t, done.Signed(r).Add(id)); got != want {
		t.Errorf("rotated keys write %s, want that of the new secret, %s", got, want)
	}

	r = requestWith(send(t, old.Private(requestWith()).Add(id)))
	if got, ok := rotated.Private(r).Get("id"); got != "7" || !ok {
		t.Errorf("encrypted with the old secret: %q, %t", got, ok)
	}
	if _, ok := done.Private(r).Get("id"); ok {
		t.Error("encrypted with a retired secret: decrypted")
	}
	r = requestWith(send(t, rotated.Private(r).Add(id)))
	if got, ok := done.Private(r).Get("id"); got != "7" || !ok {
		t.Errorf("encrypted with rotated keys: %q, %t", got, ok)
	}
}

func TestPrivateNoncesDiffer(t *testing.T) {
	jar := newKeys(secret).Private(requestWith()).Add(&http.Cookie{Name: "id", Value: "7"})
	if one, two := send(t, jar), send(t, jar); one == two {
		t.Errorf("the same text twice: %s", one)
	}
}

func TestJarIsAValue(t *testing.T) {
	keys := newKeys(secret)
	came := send(t, keys.Signed(requestWith()).Add(&http.Cookie{Name: "a", Value: "1"}))
	jar := keys.Signed(requestWith(came))
	cookie := &http.Cookie{Name: "b", Value: "2"}
	one := jar.Add(cookie)
	cookie.Value = "changed"
	two := one.Add(&http.Cookie{Name: "b", Value: "3"})
	gone := one.Remove(&http.Cookie{Name: "a"})
	for _, test := range []struct {
		name   string
		jar    cookies.Signed
		values string // of a, b and c
		lines  int
	}{
		{"as it came", jar, "1 - -", 0},
		{"one added", one, "1 2 -", 1},
		{"replaced", two, "1 3 -", 1},
		{"two branches", one.Add(&http.Cookie{Name: "c", Value: "x"}), "1 2 x", 2},
		{"the other branch", one.Add(&http.Cookie{Name: "c", Value: "y"}), "1 2 y", 2},
		{"removed", gone, "- 2 -", 2},
		{"removed and added", gone.Add(&http.Cookie{Name: "a", Value: "9"}), "9 2 -", 2},
		{"removed what was added", one.Remove(&http.Cookie{Name: "b"}), "1 - -", 0},
		{"removed what never was", jar.Remove(&http.Cookie{Name: "c"}), "1 - -", 0},
		{"added as it came", jar.Add(&http.Cookie{Name: "a", Value: "1"}), "1 - -", 1},
	} {
		var values []string
		for _, name := range []string{"a", "b", "c"} {
			value, ok := test.jar.Get(name)
			if !ok {
				value = "-"
			}
			values = append(values, value)
		}
		if got := strings.Join(values, " "); got != test.values {
			t.Errorf("%s: the values are %s, want %s", test.name, got, test.values)
		}
		if lines := set(t, test.jar); len(lines) != test.lines {
			t.Errorf("%s: it sets %q, want %d", test.name, lines, test.lines)
		}
	}
}

func TestSeveralOfAName(t *testing.T) {
	keys := newKeys(secret)
	good := send(t, keys.Signed(requestWith()).Add(&http.Cookie{Name: "a", Value: "1"}))
	for _, r := range []*http.Request{
		requestWith("a=forged", good),
		requestWith("a=forged; " + good + "; " + "a=more"),
		requestWith(`a="`+strings.TrimPrefix(good, "a=")+`"`, "x"),
		requestWith(";;=;a;a=", good),
	} {
		if got, ok := keys.Signed(r).Get("a"); got != "1" || !ok {
			t.Errorf("%q: %q, %t", r.Header["Cookie"], got, ok)
		}
	}
}

func TestAttributes(t *testing.T) {
	secrets := [][]byte{[]byte(secret)}
	came := requestWith("id=from-a-secret-that-is-gone")
	for _, test := range []struct {
		name   string
		config cookies.Config
		cookie http.Cookie
		want   string // behind the value
	}{
		{"default", cookies.Config{}, http.Cookie{}, "Path=/; HttpOnly; Secure; SameSite=Lax"},
		{
			"chosen",
			cookies.Config{},
			http.Cookie{Path: "/a", Domain: "example.com", MaxAge: 60, SameSite: http.SameSiteStrictMode},
			"Path=/a; Domain=example.com; Max-Age=60; HttpOnly; Secure; SameSite=Strict",
		},
		{"the browser's SameSite", cookies.Config{}, http.Cookie{SameSite: http.SameSiteDefaultMode}, "Path=/; HttpOnly; Secure"},
		{"insecure", cookies.Config{Insecure: true}, http.Cookie{}, "Path=/; HttpOnly; SameSite=Lax"},
		{"insecure but this one", cookies.Config{Insecure: true}, http.Cookie{Secure: true}, "Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"insecure but for all sites", cookies.Config{Insecure: true}, http.Cookie{SameSite: http.SameSiteNoneMode}, "Path=/; HttpOnly; Secure; SameSite=None"},
		{"insecure but partitioned", cookies.Config{Insecure: true}, http.Cookie{Partitioned: true}, "Path=/; HttpOnly; Secure; SameSite=Lax; Partitioned"},
		{"scriptable", cookies.Config{Scriptable: true}, http.Cookie{}, "Path=/; Secure; SameSite=Lax"},
		{"scriptable but this one", cookies.Config{Scriptable: true}, http.Cookie{HttpOnly: true}, "Path=/; HttpOnly; Secure; SameSite=Lax"},
	} {
		test.config.Secrets = secrets
		keys := cookies.NewKeys(test.config)
		test.cookie.Name = "id"
		line := set(t, keys.Private(came).Add(&test.cookie))[0]
		if _, got, _ := strings.Cut(line, "; "); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestRemoval(t *testing.T) {
	keys := newKeys(secret)
	for _, pair := range []string{
		send(t, keys.Signed(requestWith()).Add(&http.Cookie{Name: "id", Value: "7"})),
		"id=of-a-secret-that-is-gone",
	} {
		jar := keys.Signed(requestWith(pair)).Remove(&http.Cookie{Name: "id", Path: "/a", Domain: "example.com", MaxAge: 9})
		want := "id=; Path=/a; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
		if got := set(t, jar); !slices.Equal(got, []string{want}) {
			t.Errorf("after %s: got %q, want %q", pair, got, want)
		}
	}
}

func TestUnsettable(t *testing.T) {
	keys := newKeys(secret)
	insecure := cookies.NewKeys(cookies.Config{Secrets: [][]byte{[]byte(secret)}, Insecure: true})
	fits := cookies.MaxLength - len("id=") - len("; Path=/; HttpOnly; Secure; SameSite=Lax") - 43 - len(".")
	for _, test := range []struct {
		keys   cookies.Keys
		cookie http.Cookie
		want   string // of the message; none if all is well
	}{
		{keys, http.Cookie{Name: "id", Value: strings.Repeat("x", fits)}, ""},
		{keys, http.Cookie{Name: "id", Value: strings.Repeat("x", fits+1)}, `cookies: "id": 4097 bytes long, more than 4096`},
		{keys, http.Cookie{Name: "id", Value: strings.Repeat(";", fits/3+1)}, "bytes long"},
		{keys, http.Cookie{Name: "a b"}, "invalid Cookie.Name"},
		{keys, http.Cookie{Name: ""}, "invalid Cookie.Name"},
		{keys, http.Cookie{Name: "id", Path: "/;x"}, "Path"},
		{keys, http.Cookie{Name: "id", Domain: "a b"}, "Domain"},
		{keys, http.Cookie{Name: "__Host-id"}, ""},
		{keys, http.Cookie{Name: "__Host-id", Path: "/a"}, "prefix"},
		{keys, http.Cookie{Name: "__host-id", Domain: "example.com"}, "prefix"},
		{insecure, http.Cookie{Name: "__Host-id"}, "prefix"},
		{insecure, http.Cookie{Name: "__Secure-id"}, "prefix"},
		{insecure, http.Cookie{Name: "__Secure-id", Secure: true}, ""},
		{cookies.Keys{}, http.Cookie{Name: "id"}, "no keys"},
	} {
		header := http.Header{"Set-Cookie": {"before=1"}}
		jar := test.keys.Signed(requestWith()).Add(&http.Cookie{Name: "first"}).Add(&test.cookie)
		err := jar.IntoResponseParts(header)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.cookie.Name, err)
		case test.want == "" && len(header["Set-Cookie"]) != 3:
			t.Errorf("%s: %q", test.cookie.Name, header)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: the error is %v, want one with %q", test.cookie.Name, err, test.want)
		case test.want != "" && len(header["Set-Cookie"]) != 1:
			t.Errorf("%s: it has failed, and added %q", test.cookie.Name, header)
		}
	}
}

func TestZeroJars(t *testing.T) {
	var signed cookies.Signed
	var private cookies.Private
	if _, ok := signed.Get("a"); ok {
		t.Error("the zero jar has a signed cookie")
	}
	if _, ok := private.Get("a"); ok {
		t.Error("the zero jar has a private cookie")
	}
	if lines := set(t, private.Remove(&http.Cookie{Name: "a"})); len(lines) > 0 {
		t.Errorf("the zero jar sets %q", lines)
	}
	if err := signed.Add(&http.Cookie{Name: "a"}).IntoResponseParts(http.Header{}); err == nil {
		t.Error("a zero jar has signed a cookie")
	}
}

func TestNewKeysPanics(t *testing.T) {
	for want, secrets := range map[string][]string{
		"cookies: no secrets":                           {},
		"cookies: secret 0 has 31 bytes, fewer than 32": {secret[1:]},
		"cookies: secret 1 has 0 bytes, fewer than 32":  {secret, ""},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("NewKeys(%q): %v, want a panic: %s", secrets, got, want)
				}
			}()
			newKeys(secrets...)
		}()
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	state := struct{ Keys cookies.Keys }{newKeys(secret, another)}
	for verb, want := range map[string]string{
		"%v": "{cookies.Keys of 2 secrets}", "%+v": "{Keys:cookies.Keys of 2 secrets}",
		"%#v": "struct { Keys cookies.Keys }{Keys:cookies.Keys of 2 secrets}",
	} {
		if got := fmt.Sprintf(verb, state); got != want {
			t.Errorf("%s: %s, want %s", verb, got, want)
		}
	}
}

// TestBrowser has net/http's own cookie jar keep what ours write.
func TestBrowser(t *testing.T) {
	keys := newKeys(secret)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed, private := keys.Signed(r), keys.Private(r)
		visits, _ := signed.Get("visits")
		user, _ := private.Get("user")
		switch r.URL.Path {
		case "/in":
			signed = signed.Add(&http.Cookie{Name: "visits", Value: visits + "|"})
			private = private.Add(&http.Cookie{Name: "user", Value: "Ådå; <admin>"})
		case "/out":
			private = private.Remove(&http.Cookie{Name: "user"})
		}
		for _, jar := range []interface{ IntoResponseParts(http.Header) error }{signed, private} {
			if err := jar.IntoResponseParts(w.Header()); err != nil {
				t.Error(err)
			}
		}
		fmt.Fprintf(w, "%s %s", visits, user)
	}))
	defer server.Close()
	client := server.Client()
	client.Jar, _ = cookiejar.New(nil)
	for _, visit := range []struct {
		path, want string
		cookies    int
	}{
		{"/", " ", 0},
		{"/in", " ", 2},
		{"/", "| Ådå; <admin>", 2},
		{"/in", "| Ådå; <admin>", 2},
		{"/out", "|| Ådå; <admin>", 1},
		{"/", "|| ", 1},
	} {
		response, err := client.Get(server.URL + visit.path)
		if err != nil {
			t.Fatal(err)
		}
		var body strings.Builder
		if err := response.Write(&body); err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if !strings.HasSuffix(body.String(), "\r\n\r\n"+visit.want) {
			t.Errorf("%s: got %q, want %q", visit.path, body.String(), visit.want)
		}
		site, _ := url.Parse(server.URL)
		if kept := client.Jar.Cookies(site); len(kept) != visit.cookies {
			t.Errorf("%s: the client keeps %v, want %d cookies", visit.path, kept, visit.cookies)
		}
	}
}

func FuzzGet(f *testing.F) {
	keys := newKeys(secret, another)
	f.Add("session", "WifwiTnvrnb5rv4eTw52c8qLzGfpNdTvhJFmlqwOUoY.42")
	f.Add("session", "fkevFY6dtU_F5JApbMIvawEY19imisjuiEp-basK")
	f.Add("a", "b=c; a=")
	f.Fuzz(func(t *testing.T, name, text string) {
		r := requestWith(name + "=" + text)
		if value, ok := keys.Signed(r).Get(name); ok {
			if pair := send(t, newKeys(secret).Signed(r).Add(&http.Cookie{Name: name, Value: value})); len(pair) == 0 {
				t.Errorf("%q was verified and cannot be written", value)
			}
		}
		keys.Private(r).Get(name)
	})
}
