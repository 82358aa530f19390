package proof

import (
	"io"
	"maps"
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
	Succeeded          int             // those of the allowed ones whose answers are no errors
	Excused            map[string]bool // the exceptions that were needed
}

// Add adds up.
func (s *Sent) Add(more Sent) {
	s.Allowed += more.Allowed
	s.Forbidden += more.Forbidden
	s.Succeeded += more.Succeeded
	if s.Excused == nil {
		s.Excused = map[string]bool{}
	}
	maps.Copy(s.Excused, more.Excused)
}

// Prove makes the requests of all operations of a document.
func (d *Document) Prove(t T, target Target) (sent Sent) {
	t.Helper()
	for _, o := range d.Operations() {
		p := &prover{t: t, op: o, target: target, id: target.Name + " " + o.Method + " " + o.Path}
		p.sent.Excused = map[string]bool{}
		p.prove()
		sent.Add(p.sent)
	}
	return sent
}

// A prover makes the requests of one operation.
type prover struct {
	t        T
	op       Operation
	target   Target
	id       string // "users GET /users/{id}"
	sent     Sent
	problems int
}

// maxProblems is how many problems of one operation are shown.
const maxProblems = 5

func (p *prover) report(format string, args ...any) {
	p.t.Helper()
	if p.problems++; p.problems <= maxProblems {
		p.t.Errorf("%s: "+format, append([]any{p.id}, args...)...)
	}
}

// reportUnexpected is report for what an exception may excuse.
func (p *prover) reportUnexpected(format string, args ...any) {
	p.t.Helper()
	for _, key := range []string{p.id, p.target.Name} {
		if p.target.Except[key] != "" {
			p.sent.Excused[key] = true
			return
		}
	}
	p.report(format, args...)
}

func (p *prover) prove() {
	p.t.Helper()
	attempts, ok := p.op.attempts()
	if !ok {
		p.reportUnexpected("no request can be made from the document")
	}
	addr := p.target.Addr
	if addr == "" {
		server := httptest.NewServer(p.target.Handler())
		defer server.Close()
		defer server.CloseClientConnections()
		addr = server.Listener.Addr().String()
	}
	for _, a := range attempts {
		if r, ok := p.op.request(a); ok {
			p.send(addr, a, r)
		}
	}
	if p.target.Strict && p.sent.Succeeded == 0 {
		p.reportUnexpected("none of %d requests succeeded", p.sent.Allowed)
	}
	if p.problems > maxProblems {
		p.t.Errorf("%s: and %d more", p.id, p.problems-maxProblems)
	}
}

// send makes one request and judges the answer.
func (p *prover) send(addr string, a attempt, r *Request) {
	p.t.Helper()
	if a.credentials {
		p.target.authorize(p.op, r)
	}
	if p.target.Edit != nil {
		p.target.Edit(p.op, r)
	}
	read := io.ReadAll
	if p.op.isStream() {
		read = firstOf
	}
	res, err := r.send(addr, read)
	if err != nil {
		if p.target.Strict {
			p.report("%s: %v", a.what, err)
		}
		return
	}
	p.count(a.allowed, res)
	if p.target.isRefusal(p.op, res, a.allowed) == a.allowed {
		p.reportUnexpected("%s: allowed is %t, but the answer is %s %s\n%s %s %v\n%.300s",
			a.what, a.allowed, res.Status, res.Text, r.Method, r.Target, r.Header, r.Body)
	}
	for _, problem := range p.op.Undocumented(res) {
		p.report("%s: %s\n%s %s", a.what, problem, res.Status, res.Text)
	}
}

func (p *prover) count(allowed bool, res *Answer) {
	switch {
	case !allowed:
		p.sent.Forbidden++
	case res.StatusCode < 400:
		p.sent.Allowed++
		p.sent.Succeeded++
	default:
		p.sent.Allowed++
	}
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
