package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// An answer is one thing that a function can answer.
type answer struct {
	status string // "200"; "other" for one that only the request decides
	when   string
}

// An outcome gathers the answers of one function.
type outcome struct {
	pkg     *model.Package
	handler model.Handler
	answers []answer
	plain   []string // the sources of plain values that can be wrong
}

const other = "other"

// answers lists what a function can answer, by status.
func answers(pkg *model.Package, h model.Handler) []answer {
	o := &outcome{pkg: pkg, handler: h}
	o.success()
	for _, p := range h.Params {
		o.reading(p.From, false)
	}
	o.plainValues()
	o.failure()
	for _, i := range adaptersAround(h) {
		o.through(pkg.Middleware[i])
	}
	o.documented()
	return o.sorted()
}

// adaptersAround lists the middleware functions around some route of a handler.
func adaptersAround(h model.Handler) []int {
	var list []int
	for _, r := range h.Routes {
		for _, use := range r.Use {
			if use.Adapter != model.NoAdapter && !slices.Contains(list, use.Adapter) {
				list = append(list, use.Adapter)
			}
		}
	}
	return list
}

// sorted returns the answers by status, one for each.
func (o *outcome) sorted() []answer {
	slices.SortStableFunc(o.answers, func(a, b answer) int { return cmp.Compare(a.status, b.status) })
	return o.merge()
}

func (o *outcome) add(status int, format string, args ...any) {
	o.answers = append(o.answers, answer{strconv.Itoa(status), fmt.Sprintf(format, args...)})
}

func (o *outcome) addOther(format string, args ...any) {
	o.answers = append(o.answers, answer{other, fmt.Sprintf(format, args...)})
}

// merge puts what has one status on one line.
func (o *outcome) merge() []answer {
	var merged []answer
	for _, a := range o.answers {
		if n := len(merged); n > 0 && merged[n-1].status == a.status && a.status != other {
			if !strings.Contains(merged[n-1].when, a.when) {
				merged[n-1].when += "; " + a.when
			}
			continue
		}
		if !slices.Contains(merged, a) {
			merged = append(merged, a)
		}
	}
	return merged
}

// success adds the answers that the results stand for.
func (o *outcome) success() {
	status, body := o.handler.Status, "no body"
	for _, r := range o.handler.Results {
		switch as := r.As.(type) {
		case model.NoContent:
			status = http.StatusNoContent
		case model.ETagPart:
			o.conditional()
		case model.Responder, model.HTTPHandler:
			o.addOther("what %s writes", o.spell(r.Type))
			return
		case model.Whole:
			o.addOther("the status of the %s, %d if it has none", o.spell(r.Type), status)
			return
		case model.Upstream:
			o.addOther("what the other server answers")
			o.add(http.StatusBadGateway, "the other server cannot be reached, or its answer not be passed on")
			o.add(http.StatusGatewayTimeout, "the other server took too long")
			return
		case model.Sealed:
			o.sealed(as)
			return
		case model.JSON:
			if as.Statused {
				o.addOther("application/json, with the status of %s", o.spell(r.Type))
				return
			}
			body = "application/json"
		case model.Text, model.Bytes, model.HTML, model.FormReply, model.Stream, model.Attachment, model.Events, model.Lines:
			body = mediaTypes[responseKind(as)]
		}
	}
	o.add(status, "%s", body)
	if o.has(model.StatusCode{}) {
		o.addOther("the runtime.Status that the function returns, if it is not 0")
	}
}

// conditional adds what a GET or HEAD of another version gets.
func (o *outcome) conditional() {
	for _, r := range o.handler.Routes {
		if len(r.Methods) == 0 || slices.Contains(r.Methods, http.MethodGet) || slices.Contains(r.Methods, http.MethodHead) {
			o.add(http.StatusNotModified, "the client has what the entity tag stands for")
			o.add(http.StatusPreconditionFailed, "the entity tag is none of If-Match")
			return
		}
	}
}

var mediaTypes = map[string]string{
	"text":       "text/plain",
	"bytes":      "application/octet-stream",
	"html":       "text/html",
	"form":       "application/x-www-form-urlencoded",
	"stream":     "application/octet-stream, or what the name of a file says",
	"events":     "text/event-stream",
	"json lines": "application/x-ndjson",
	"file":       "application/octet-stream, or what the name of the file says",
}

func (o *outcome) sealed(as model.Sealed) {
	for _, c := range as.Cases {
		if c.Status != 0 {
			o.add(c.Status, "%s", o.spell(c.Type))
			continue
		}
		o.addOther("what %s says", o.spell(c.Type))
	}
}

func (o *outcome) spell(t model.Type) string { return spell(t, o.pkg.Path) }

// has reports whether the function has a result of some kind.
func (o *outcome) has(kind model.Response) bool {
	return slices.ContainsFunc(o.handler.Results, func(r model.Result) bool {
		return responseKind(r.As) == responseKind(kind)
	})
}

// reading adds the answers of one extractor that fails.
func (o *outcome) reading(from model.Extractor, optional bool) {
	switch from := from.(type) {
	case model.QueryValues:
		o.plain = append(o.plain, "query")
	case model.Values:
		o.values(from)
	case model.Form:
		o.form()
	case model.Multipart:
		o.multipart()
		o.add(http.StatusUnprocessableEntity, "a part of the body is missing, malformed or invalid")
	case model.MultipartReader:
		o.multipart()
	case model.JSONBody:
		o.json(from)
	case model.JSONLinesBody:
		o.body()
		o.add(http.StatusUnsupportedMediaType, "the body is not declared as JSON lines")
	case model.TextBody, model.BytesBody:
		o.body()
	case model.Credentials:
		o.credentials(optional)
	case model.Extension:
		if !optional {
			o.add(http.StatusInternalServerError, "no middleware has put a %s into the request", o.spell(from.Type))
		}
	case model.Custom:
		o.addOther("the error of %s.%s, 500 if it has no status", o.spell(from.Type), from.Method)
	case model.Provided:
		o.provided(o.pkg.Providers[from.Provider])
	case model.Composite:
		for _, f := range from.Fields {
			o.reading(f.From, optional)
		}
	case model.OptionalOf:
		o.reading(from.Of, true)
	}
}

// values remembers the source of plain values, unless they are texts of the
// path, with which nothing can be wrong.
func (o *outcome) values(from model.Values) {
	certain := func(s model.Slot) bool {
		single, ok := s.Shape.(model.Single)
		return ok && from.Source == model.Path && single.Reader.Func == "ReadString" && len(s.Rules) == 0
	}
	if from.Validate || slices.ContainsFunc(from.Slots, func(s model.Slot) bool { return !certain(s) }) {
		o.plain = append(o.plain, valueSources[from.Source])
	}
}

func (o *outcome) plainValues() {
	var sources []string
	for _, source := range []string{"path", "query", "header", "cookie"} {
		if slices.Contains(o.plain, source) {
			sources = append(sources, source)
		}
	}
	if len(sources) == 0 {
		return
	}
	names := sources[0]
	if len(sources) > 1 {
		names = orList(sources)
	}
	o.add(http.StatusBadRequest, "a %s value is missing, malformed or invalid", names)
}

// form adds the failures of a form, which is in the query or in the body.
func (o *outcome) form() {
	query, body := false, false
	for _, r := range o.handler.Routes {
		if len(r.Methods) == 0 {
			query, body = true, true
		}
		for _, m := range r.Methods {
			inQuery := m == http.MethodGet || m == http.MethodHead
			query, body = query || inQuery, body || !inQuery
		}
	}
	if query {
		o.plain = append(o.plain, "query")
	}
	if body {
		o.body()
		o.add(http.StatusUnsupportedMediaType, "the body is not declared as a form")
		o.add(http.StatusUnprocessableEntity, "a value of the form is missing, malformed or invalid")
	}
}

// multipart adds the failures of a multipart body.
func (o *outcome) multipart() {
	o.body()
	o.add(http.StatusUnsupportedMediaType, "the body is not declared as multipart/form-data")
}

func (o *outcome) json(from model.JSONBody) {
	o.body()
	o.add(http.StatusBadRequest, "the body is not JSON")
	o.add(http.StatusUnsupportedMediaType, "the body is not declared as JSON")
	o.add(http.StatusUnprocessableEntity, "the JSON does not fit %s", o.spell(from.Type))
}

// body adds the failures of reading any body.
func (o *outcome) body() {
	o.add(http.StatusBadRequest, "the body is cut off")
	if o.handler.Limit != model.NoLimit {
		o.add(http.StatusRequestEntityTooLarge, "the body has more than %s", size(o.handler.Limit))
	}
}

// size writes a limit as the directive does.
func size(limit model.Limit) string {
	n := int64(limit)
	if limit == model.DefaultLimit {
		n = 2 << 20
	}
	for _, unit := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= unit.size && n%unit.size == 0 {
			return fmt.Sprintf("%d %s", n/unit.size, unit.name)
		}
	}
	return count(int(n), "byte")
}

func (o *outcome) credentials(optional bool) {
	if optional {
		o.add(http.StatusUnauthorized, "the Authorization header is malformed")
		return
	}
	o.add(http.StatusUnauthorized, "the Authorization header is missing or malformed")
}

func (o *outcome) provided(p model.Provider) {
	for _, param := range p.Params {
		o.reading(param.From, false)
	}
	if p.Fails {
		o.addOther("the error of %s, 500 if it has no status", title(p.Func))
	}
}

// failure adds the answers of an error result.
func (o *outcome) failure() {
	if o.handler.Timeout > 0 {
		o.add(http.StatusGatewayTimeout, "an error because of the timeout, after %v", o.handler.Timeout)
	}
	if o.has(model.Failure{}) {
		o.add(http.StatusInternalServerError, "an error without a status")
		o.addOther("the status of an error that has one")
	}
}

// documented adds what response directives say.
func (o *outcome) documented() {
	for _, r := range o.handler.Routes {
		for _, a := range r.Answers {
			text := strings.TrimSpace(o.spell(a.Type) + " " + a.Text)
			if text == "" {
				text = "says a response directive"
			}
			o.add(a.Status, "%s", text)
		}
	}
}
