package runtime

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestETagField(t *testing.T) {
	for tag, want := range map[ETag]string{
		"v1": `"v1"`, `"v1"`: `"v1"`, `W/"v1"`: `W/"v1"`, WeakETag("v1"): `W/"v1"`, `""`: `""`, `W/""`: `W/""`,
		"W/v1": `"W/v1"`, "ä": `"ä"`, "!#~\x80": "\"!#~\x80\"", "a,b": `"a,b"`,
		"a b": "", "a\n": "", `a"b`: "", `"`: "", `W/"`: "", "\x7f": "", "\x00": "", `"a"b"`: "", `w/"a"`: "",
	} {
		got, err := tag.field()
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q is sent as %q, %v, want %q", tag, got, err, want)
		}
	}
}

func TestMatches(t *testing.T) {
	tests := []struct {
		given        string // lines separated by newlines
		tag          string
		weak, strong bool
	}{
		{`"a"`, `"a"`, true, true},
		{`"a"`, `"b"`, false, false},
		{`W/"a"`, `"a"`, true, false},
		{`"a"`, `W/"a"`, true, false},
		{`W/"a"`, `W/"a"`, true, false},
		{`*`, `"a"`, true, true},
		{`*`, `W/"a"`, true, true},
		{`*`, "", false, false},
		{`"a", "b" ,"c"`, `"b"`, true, true},
		{`"a",,"b"`, `"b"`, true, true},
		{"\t\"a\"  \"b\"", `"b"`, true, true},
		{`"a,b"`, `"a,b"`, true, true},
		{`"a,b"`, `"b"`, false, false},
		{"\"a\"\n\"b\"", `"b"`, true, true},
		{`a, "b"`, `"b"`, false, false},
		{"a\n\"b\"", `"b"`, true, true},
		{`"a`, `"a"`, false, false},
		{`w/"a"`, `"a"`, false, false},
		{`W/a`, `"a"`, false, false},
		{``, `"a"`, false, false},
		{`""`, `""`, true, true},
	}
	for _, test := range tests {
		lines := strings.Split(test.given, "\n")
		if got := matches(lines, test.tag, false); got != test.weak {
			t.Errorf("%q matches %s weakly: %t", test.given, test.tag, got)
		}
		if got := matches(lines, test.tag, true); got != test.strong {
			t.Errorf("%q matches %s strongly: %t", test.given, test.tag, got)
		}
	}
	if isGiven(nil) || isGiven([]string{"", " "}) || !isGiven([]string{"", "x"}) {
		t.Error("an empty field is no condition")
	}
}

// TestMatchesAsNetHTTP compares with what http.ServeContent answers.
func TestMatchesAsNetHTTP(t *testing.T) {
	given := []string{
		`"a"`, `"b"`, `W/"a"`, `*`, `"b", "a"`, `"b" "a"`, `b, "a"`, `"a`, `,,"a"`, `"b", *`, ``, `"a", b`, `W/"b", W/"a"`,
	}
	for _, tag := range []string{`"a"`, `W/"a"`} {
		for _, field := range []string{"If-Match", "If-None-Match"} {
			for _, line := range given {
				for _, method := range []string{"GET", "HEAD"} {
					r := httptest.NewRequest(method, "/", nil)
					r.Header.Set(field, line)
					want := httptest.NewRecorder()
					want.Header().Set("Etag", tag)
					http.ServeContent(want, r, "", longAgo, strings.NewReader("text"))

					got := httptest.NewRecorder()
					var parts Parts
					parts.ETag(ETag(tag))
					if err := parts.Match(r, 200); err != nil {
						WriteError(got, r, err)
					} else if !parts.WriteNotModified(got, r, 200) {
						WriteText(got, 200, "text", &parts)
					}
					if got.Code != want.Code || want.Code == 304 && got.Header().Get("Etag") != tag {
						t.Errorf("%s %s: %s of %s is %d, want %d", method, field, line, tag, got.Code, want.Code)
					}
				}
			}
		}
	}
}

func TestPreconditions(t *testing.T) {
	tests := []struct {
		match, noneMatch string
		current          ETag
		ok               bool
	}{
		{"", "", "1", true},
		{"", "", "", true},
		{`"1"`, "", "1", true},
		{`"1"`, "", "2", false},
		{`"1"`, "", "", false},
		{`*`, "", "1", true},
		{`*`, "", "", false},
		{`"1"`, "", WeakETag("1"), false},
		{"", `*`, "", true},
		{"", `*`, "1", false},
		{"", `"1"`, "2", true},
		{"", `"1"`, "1", false},
		{"", `"1"`, WeakETag("1"), false},
		{`"1"`, `"2"`, "1", true},
		{`"1"`, `"1"`, "1", false},
	}
	for _, test := range tests {
		r := httptest.NewRequest("PUT", "/", nil)
		if test.match != "" {
			r.Header.Set("If-Match", test.match)
		}
		if test.noneMatch != "" {
			r.Header.Set("If-None-Match", test.noneMatch)
		}
		conditions := ReadPreconditions(r)
		err := conditions.Check(test.current)
		if (err == nil) != test.ok || err != nil && StatusOf(err) != 412 {
			t.Errorf("%q %q of %s: %v", test.match, test.noneMatch, test.current, err)
		}
		if given := test.match != "" || test.noneMatch != ""; conditions.Given() != given {
			t.Errorf("%q %q: given is %t", test.match, test.noneMatch, !given)
		}
	}
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "DELETE": 412} {
		r := httptest.NewRequest(method, "/", nil)
		r.Header.Set("If-None-Match", `"1"`)
		if err := ReadPreconditions(r).Check("1"); err == nil && want != 200 || err != nil && StatusOf(err) != want {
			t.Errorf("%s of what is known: %v, want %d", method, err, want)
		}
		r.Header.Set("If-Match", `"2"`)
		if err := ReadPreconditions(r).Check("1"); StatusOf(err) != 412 {
			t.Errorf("%s of another version: %v", method, err)
		}
	}
	r := httptest.NewRequest("PUT", "/", nil)
	r.Header.Set("If-Match", "*")
	if err := ReadPreconditions(r).Check("a b"); StatusOf(err) != 500 {
		t.Errorf("a tag that is none: %v", err)
	}
}

func TestPartsETag(t *testing.T) {
	var parts Parts
	parts.ETag("")
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("If-None-Match", "*")
	if w := httptest.NewRecorder(); parts.WriteNotModified(w, r, 200) || parts.Match(r, 200) != nil {
		t.Error("no tag answers")
	}
	parts.ETag("bad tag")
	if err := parts.Match(r, 200); err == nil || parts.Err() == nil {
		t.Error("a bad tag is none")
	}
	parts = Parts{}
	parts.Cookie(&http.Cookie{Name: "a", Value: "1"})
	parts.Header(http.Header{"Content-Type": {"text/csv"}, "Vary": {"Accept"}})
	parts.ETag("1")
	for status, want := range map[int]bool{200: true, 201: true, 299: true, 301: false, 404: false, 500: false} {
		w := httptest.NewRecorder()
		if got := parts.WriteNotModified(w, r, status); got != want {
			t.Errorf("%d: 304 is %t", status, got)
		} else if got && (w.Code != 304 || len(w.Header()) != 3 || w.Header().Get("Vary") != "Accept" || w.Header().Get("Set-Cookie") != "a=1") {
			t.Errorf("%d: got %d %v", status, w.Code, w.Header())
		}
	}
}
