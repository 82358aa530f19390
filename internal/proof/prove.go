package proof

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
)

// A Target is what serves the operations of a document.
type Target struct {
	// Name is what exceptions are named after: "users", and "users GET /users"
	// for one operation.
	Name string

	// Addr is where the operations are served. If it is empty, each is served on
	// an address of its own by what Handler returns, so that what one operation
	// changes is of no consequence for another.
	Addr    string
	Handler func() http.Handler

	// Credentials are what is sent for the security schemes of the document, by
	// their names, and under the empty name for all others: the Authorization
	// header, or the key. Nil has some that nobody knows.
	Credentials map[string]string

	// Edit changes requests before they are sent, if it is not nil: it adds what
	// a document cannot say.
	Edit func(o Operation, r *Request)

	// Except has the reasons for which requests are refused, or read, in spite of
	// what the document says.
	Except map[string]string

	// Strict demands of each operation that is not an exception that it succeeds
	// at least once and takes the credentials, and that no answer is 500 or
	// breaks off.
	Strict bool
}

// T is what is used of a [testing.T].
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Sent counts requests.
type Sent struct {
	Allowed, Forbidden int
	Succeeded          int // those of the allowed ones whose answers are no errors
}

// maxProblems is how many problems of one operation are shown.
const maxProblems = 5

// Prove makes the requests of all operations of a document.
func (d *Document) Prove(t T, target Target) (sent Sent) {
	t.Helper()
	for _, o := range d.Operations() {
		n := o.prove(t, target)
		sent.Allowed += n.Allowed
		sent.Forbidden += n.Forbidden
		sent.Succeeded += n.Succeeded
	}
	return sent
}

// prove makes the requests of one operation.
func (o Operation) prove(t T, target Target) (sent Sent) {
	t.Helper()
	id := target.Name + " " + o.Method + " " + o.Path
	excepted := target.Except[id] != "" || target.Except[target.Name] != ""
	problems := 0
	report := func(format string, args ...any) {
		if problems++; problems <= maxProblems {
			t.Errorf(id+": "+format, args...)
		}
	}
	attempts, ok := o.attempts()
	if !ok && !excepted {
		report("no request can be made from the document")
	}
	addr := target.Addr
	if addr == "" {
		server := httptest.NewServer(target.Handler())
		defer server.Close()
		defer server.CloseClientConnections()
		addr = server.Listener.Addr().String()
	}
	read := io.ReadAll
	if o.isStream() {
		read = firstOf
	}
	for _, a := range attempts {
		r, ok := o.request(a)
		if !ok {
			continue
		}
		if a.credentials {
			target.authorize(o, r)
		}
		if target.Edit != nil {
			target.Edit(o, r)
		}
		res, err := r.send(addr, read)
		if err != nil {
			if target.Strict {
				report("%s: %v", a.what, err)
			}
			continue
		}
		if a.allowed {
			sent.Allowed++
		} else {
			sent.Forbidden++
		}
		if a.allowed && res.StatusCode < 400 {
			sent.Succeeded++
		}
		if target.isRefusal(o, res, a.allowed) == a.allowed && !excepted {
			report("%s: allowed is %t, but the answer is %s %s\n%s %s %v\n%.300s",
				a.what, a.allowed, res.Status, res.Text, r.Method, r.Target, r.Header, r.Body)
		}
		for _, problem := range o.Undocumented(res) {
			report("%s: %s\n%s %s", a.what, problem, res.Status, res.Text)
		}
	}
	if sent.Succeeded == 0 && target.Strict && !excepted {
		report("none of %d requests succeeded", sent.Allowed)
	}
	if problems > maxProblems {
		t.Errorf("%s: and %d more", id, problems-maxProblems)
	}
	return sent
}

// authorize adds the credentials of the last alternative, which wants the most.
func (target Target) authorize(o Operation, r *Request) {
	known := target.Credentials
	if known == nil {
		known = map[string]string{"bearerAuth": "Bearer t", "basicAuth": "Basic dTpw", "": "t"}
	}
	security := o.at("security").elems()
	if len(security) == 0 {
		return
	}
	for _, name := range security[len(security)-1].keys() {
		value, ok := known[name]
		if !ok {
			value = known[""]
		}
		r.authorize(o.d.at("/components/securitySchemes").at(name), value)
	}
}

// authorize adds credentials where a scheme wants them.
func (r *Request) authorize(scheme node, value string) {
	if scheme.text("type") != "apiKey" {
		r.Set("Authorization", value)
		return
	}
	switch name := scheme.text("name"); scheme.text("in") {
	case "header":
		r.Set(name, value)
	case "query":
		separator := "?"
		if strings.Contains(r.Target, "?") {
			separator = "&"
		}
		r.Target += separator + url.QueryEscape(name) + "=" + url.QueryEscape(value)
	case "cookie":
		cookies, _ := r.Given("Cookie")
		r.Set("Cookie", strings.TrimPrefix(cookies+"; "+name+"="+value, "; "))
	}
}

// isRefusal reports whether the answer to a request says that it could not be
// read. What is allowed may fail for other reasons.
func (target Target) isRefusal(o Operation, res *Answer, allowed bool) bool {
	switch {
	case !allowed:
		return res.StatusCode >= 400
	case res.StatusCode == http.StatusUnauthorized:
		return target.Strict && o.IsSecured()
	case res.StatusCode == http.StatusInternalServerError:
		return target.Strict
	}
	return slices.Contains([]int{400, 405, 413, 415, 422}, res.StatusCode) ||
		strings.Contains(res.Text, `"detail":"no route has this path"`)
}
