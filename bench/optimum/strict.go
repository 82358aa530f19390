package optimum

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// A problem is one value that cannot be read.
type problem struct{ in, name, detail string }

// problems gathers what is wrong with a request.
type problems []problem

func (p *problems) add(in, name, detail string) {
	*p = append(*p, problem{in, name, detail})
}

// one returns the text of a value that has to be there once.
func (p *problems) one(in, name string, texts []string) (string, bool) {
	switch len(texts) {
	case 0:
		p.add(in, name, "is missing")
	case 1:
		return texts[0], true
	default:
		p.add(in, name, "is given more than once")
	}
	return "", false
}

func (p *problems) int(in, name string, texts []string) {
	text, ok := p.one(in, name, texts)
	if !ok {
		return
	}
	if detail := intDetail(text); detail != "" {
		p.add(in, name, detail)
	}
}

// intDetail says why text is no int64, if it is none.
func intDetail(text string) string {
	if _, ok := parseInt(text); ok {
		return ""
	}
	if isInteger(text) {
		return "must be between -9223372036854775808 and 9223372036854775807"
	}
	return "must be an integer"
}

func isInteger(text string) bool {
	if text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	for i := range len(text) {
		if text[i]-'0' > 9 {
			return false
		}
	}
	return text != ""
}

func (p *problems) float(in, name string, texts []string) {
	text, ok := p.one(in, name, texts)
	if !ok {
		return
	}
	if _, ok := parseFloat(text); ok {
		return
	}
	if _, err := strconv.ParseFloat(text, 64); errors.Is(err, strconv.ErrRange) {
		p.add(in, name, "is out of range")
	} else {
		p.add(in, name, "must be a number")
	}
}

func (p *problems) bool(in, name string, texts []string) {
	if text, ok := p.one(in, name, texts); ok {
		if _, err := strconv.ParseBool(text); err != nil {
			p.add(in, name, "must be true or false")
		}
	}
}

func (p *problems) urlencoded(in, text string) url.Values {
	values, err := url.ParseQuery(text)
	if err != nil {
		p.add(in, "", "malformed "+in)
	}
	return values
}

// refuseRoute answers as mux would, but with a problem.
func refuseRoute(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	h, _ := mux.Handler(r)
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	if allow := answer.Header()["Allow"]; allow != nil {
		w.Header()["Allow"] = allow
	}
	if answer.Code == http.StatusMethodNotAllowed {
		refuse(w, answer.Code, "this path has no route with this method")
		return
	}
	refuse(w, answer.Code, "no route has this path")
}

func refuseGetUser(w http.ResponseWriter, r *http.Request) {
	detail := intDetail(r.PathValue("id"))
	send(w, http.StatusBadRequest, gathered(1), problems{{"path", "id", detail}})
}

func refuseSearch(w http.ResponseWriter, r *http.Request) {
	var p problems
	query := p.urlencoded("query", r.URL.RawQuery)
	p.one("query", "text", query["text"])
	p.int("query", "page", query["page"])
	p.int("query", "limit", query["limit"])
	p.one("query", "sort", query["sort"])
	p.bool("query", "desc", query["desc"])
	p.float("query", "min", query["min"])
	p.one("header", "X-Tenant", r.Header["X-Tenant"])
	var session []string
	for _, c := range r.CookiesNamed("session") {
		session = append(session, c.Value)
	}
	p.one("cookie", "session", session)
	p.reject(w, http.StatusBadRequest)
}

func refuseMeasure(w http.ResponseWriter, r *http.Request) {
	var p problems
	for _, name := range []string{"a", "c", "e", "g"} {
		p.int("path", name, []string{r.PathValue(name)})
	}
	query := p.urlencoded("query", r.URL.RawQuery)
	for _, name := range []string{"i", "k", "m", "o"} {
		p.int("query", name, query[name])
		name = string(name[0] + 1)
		p.one("query", name, query[name])
	}
	p.reject(w, http.StatusBadRequest)
}

func refuseRegister(w http.ResponseWriter, text string) {
	var p problems
	form := p.urlencoded("form", text)
	p.one("form", "name", form["name"])
	p.one("form", "email", form["email"])
	p.int("form", "age", form["age"])
	p.one("form", "city", form["city"])
	p.one("form", "plan", form["plan"])
	p.bool("form", "newsletter", form["newsletter"])
	p.one("form", "referrer", form["referrer"])
	p.reject(w, http.StatusUnprocessableEntity)
}

func refuseType(w http.ResponseWriter, want string) {
	refuse(w, http.StatusUnsupportedMediaType, "the Content-Type must be "+want)
}

func refuseBody(w http.ResponseWriter, err error) {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		refuseSize(w)
		return
	}
	refuse(w, http.StatusBadRequest, "the body could not be read to its end")
}

// refuseSize has the connection closed, as http.MaxBytesReader does when it is
// read beyond its limit.
func refuseSize(w http.ResponseWriter) {
	beyond := http.MaxBytesReader(w, io.NopCloser(strings.NewReader("x")), 0)
	_, _ = beyond.Read(make([]byte, 1))
	refuse(w, http.StatusRequestEntityTooLarge, "the body must have at most "+strconv.Itoa(bodyLimit)+" bytes")
}

func refuseJSON(w http.ResponseWriter, empty bool, err error) {
	var wrongType *json.UnmarshalTypeError
	switch {
	case empty:
		refuse(w, http.StatusBadRequest, "the body is empty")
	case errors.As(err, &wrongType):
		refuse(w, http.StatusUnprocessableEntity, "the body is not of the right type")
	default:
		refuse(w, http.StatusBadRequest, "the body is not JSON")
	}
}

// refuse answers with a problem that is no single value's. No detail in this
// package needs an escape in JSON.
func refuse(w http.ResponseWriter, status int, detail string) {
	send(w, status, detail, nil)
}

// reject answers with all problems.
func (p problems) reject(w http.ResponseWriter, status int) {
	send(w, status, gathered(len(p)), p)
}

func gathered(n int) string {
	if n == 1 {
		return "1 value of the request is not valid"
	}
	return strconv.Itoa(n) + " values of the request are not valid"
}

var problemBuffers = sync.Pool{New: func() any { return new([]byte) }}

func send(w http.ResponseWriter, status int, detail string, list problems) {
	buf := problemBuffers.Get().(*[]byte)
	b := append((*buf)[:0], `{"title":"`...)
	b = append(b, http.StatusText(status)...)
	b = append(b, `","status":`...)
	b = strconv.AppendInt(b, int64(status), 10)
	if detail != "" {
		b = append(b, `,"detail":"`...)
		b = append(b, detail...)
		b = append(b, '"')
	}
	for i, one := range list {
		if i == 0 {
			b = append(b, `,"errors":[{"in":"`...)
		} else {
			b = append(b, `,{"in":"`...)
		}
		b = append(b, one.in...)
		if one.name != "" {
			b = append(b, `","name":"`...)
			b = append(b, one.name...)
		}
		b = append(b, `","detail":"`...)
		b = append(b, one.detail...)
		b = append(b, `"}`...)
	}
	if len(list) > 0 {
		b = append(b, ']')
	}
	b = append(b, '}')
	w.Header()["Content-Type"] = contentProblem
	w.WriteHeader(status)
	_, _ = w.Write(b)
	*buf = b
	problemBuffers.Put(buf)
}
