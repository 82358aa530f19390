package openapi

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// An output documents what an operation answers.
type output struct {
	*pack
	op        *openapi3.Operation
	handler   model.Handler
	responses *openapi3.Responses
	open      bool // default is whatever the handler writes itself
}

// set adds an answer, or a media type to one that is there.
func (o *output) set(code, text string, content openapi3.Content) *openapi3.Response {
	if known := o.responses.Value(code); known != nil {
		for media, of := range content {
			if known.Value.Content == nil {
				known.Value.Content = openapi3.Content{}
			}
			known.Value.Content[media] = either(known.Value.Content[media], of)
		}
		return known.Value
	}
	response := &openapi3.Response{Description: &text, Content: content}
	o.responses.Set(code, &openapi3.ResponseRef{Value: response})
	return response
}

// either is a body of one of two schemas, and perhaps of both.
func either(first, second *openapi3.MediaType) *openapi3.MediaType {
	switch {
	case first == nil || reflect.DeepEqual(first, second):
		return second
	case first.Schema.Ref == "" && len(first.Schema.Value.AnyOf) > 0:
		first.Schema.Value.AnyOf = append(first.Schema.Value.AnyOf, second.Schema)
		return first
	}
	return &openapi3.MediaType{Schema: inline(&openapi3.Schema{AnyOf: openapi3.SchemaRefs{first.Schema, second.Schema}})}
}

// success documents the answer that the results stand for.
func (o *output) success() {
	code, content := strconv.Itoa(o.handler.Status), openapi3.Content(nil)
	headers := openapi3.Headers{}
	var statuses *model.Result
	for _, r := range o.handler.Results {
		switch as := r.As.(type) {
		case model.Failure, model.HeaderParts, model.CustomParts:
		case model.StatusCode:
			statuses = &r
		case model.CookiePart, model.CookieParts:
			headers["Set-Cookie"] = header("A cookie that is set.")
		case model.ETagPart:
			headers["ETag"] = header("The version of the answer.")
			o.conditional()
		case model.NoContent:
			code = strconv.Itoa(http.StatusNoContent)
		case model.Sealed:
			o.sealed(as)
			return
		case model.Responder, model.HTTPHandler, model.Whole, model.Upstream:
			o.itself(r)
			return
		case model.Stream, model.Attachment:
			content = o.content(r)
			o.ranges(content)
		default:
			if statused, ok := as.(model.JSON); ok && statused.Statused {
				code = "2XX"
			}
			content = o.content(r)
		}
	}
	if o.writes() {
		o.setItself()
		return
	}
	for _, code := range codes(code, statuses) {
		response := o.set(code, text2XX(code), content)
		if len(headers) > 0 {
			response.Headers = headers
		}
	}
}

// codes are the codes of an answer whose status the function may choose: the
// constants that it returns, or that of the route and anything else.
func codes(code string, chosen *model.Result) []string {
	switch {
	case chosen == nil:
		return []string{code}
	case chosen.Statuses == nil:
		return []string{code, "default"}
	}
	var list []string
	for _, status := range chosen.Statuses {
		if status != 0 && (status < 200 || status > 599) {
			continue // a mistake, which is answered with 500
		}
		if status == 0 {
			list = append(list, code)
			continue
		}
		list = append(list, strconv.Itoa(status))
	}
	if list == nil {
		return []string{"default"}
	}
	return list
}

func text2XX(code string) string {
	if status, err := strconv.Atoi(code); err == nil {
		return http.StatusText(status)
	}
	return "The status that the handler chooses"
}

// writes reports whether the handler writes its answer by itself.
func (o *output) writes() bool {
	for _, p := range o.handler.Params {
		if p.From == (model.Head{Part: model.Writer}) {
			return true
		}
	}
	return false
}

// ranges documents what net/http answers to requests for a part of a content, or
// for one that has changed.
func (o *output) ranges(content openapi3.Content) {
	o.set("206", http.StatusText(http.StatusPartialContent), content)
	o.set("304", http.StatusText(http.StatusNotModified), nil)
	o.problem(http.StatusPreconditionFailed, "The content is not the one that the request is for")
	o.problem(http.StatusRequestedRangeNotSatisfiable, "The content has no such range")
}

// conditional documents what is answered to GET and HEAD for another version of
// an answer.
func (o *output) conditional() {
	reads := func(r model.Route) bool {
		return len(r.Methods) == 0 || slices.Contains(r.Methods, http.MethodGet) || slices.Contains(r.Methods, http.MethodHead)
	}
	if slices.ContainsFunc(o.handler.Routes, reads) {
		o.set("304", http.StatusText(http.StatusNotModified), nil)
		o.problem(http.StatusPreconditionFailed, "The content is not the one that the request is for")
	}
}

func header(text string) *openapi3.HeaderRef {
	return &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{Description: text, Schema: typed("string")}}}
}

// itself documents an answer that writes itself.
func (o *output) itself(r model.Result) {
	if named, ok := r.Type.(model.Named); ok && named.PkgPath == model.RuntimePath && named.Name == "Redirect" {
		response := o.set("3XX", "A redirect: 303, 307 or 308", nil)
		response.Headers = openapi3.Headers{"Location": header("Where to go.")}
		return
	}
	o.setItself()
}

// setItself documents that the handler answers what it likes.
func (o *output) setItself() { o.anything("What the handler writes itself") }

// anything documents that anything can come.
func (o *output) anything(text string) {
	o.set("default", text, nil).Content = nil
	o.open = true
}

// content is the body of a result.
func (o *output) content(r model.Result) openapi3.Content {
	switch as := r.As.(type) {
	case model.Text:
		return media("text/plain", typed("string"))
	case model.HTML:
		return media("text/html", typed("string"))
	case model.Bytes:
		return media("application/octet-stream", inline(&openapi3.Schema{}))
	case model.FormReply:
		return media("application/x-www-form-urlencoded", o.formReply(as))
	case model.Events:
		return media("text/event-stream", typed("string"))
	case model.Lines:
		content := media("application/x-ndjson", typed("string"))
		content["application/x-ndjson"].Extensions = map[string]any{"x-item-schema": o.sent(r.Encodes)}
		return content
	case model.JSON:
		return media("application/json", o.sent(r.Encodes))
	}
	return media("*/*", inline(&openapi3.Schema{}))
}

// sent is the schema of a value that is encoded.
func (o *output) sent(t model.Type) *openapi3.SchemaRef {
	return o.schema(wire.Lookup(o.pkg, t, model.Sent), model.Sent)
}

func media(name string, schema *openapi3.SchemaRef) openapi3.Content {
	return openapi3.Content{name: &openapi3.MediaType{Schema: schema}}
}

func (o *output) formReply(as model.FormReply) *openapi3.SchemaRef {
	object := typed("object")
	object.Value.Properties = openapi3.Schemas{}
	for _, f := range as.Fields {
		object.Value.Properties[f.Name] = typed("string")
	}
	return object
}

// sealed documents each implementation of an interface. A pointer and the value
// that it points to look the same. Those of one status are a union.
func (o *output) sealed(as model.Sealed) {
	var codes []string
	unions := map[string][]model.Schema{}
	for _, c := range as.Cases {
		code := strconv.Itoa(c.Status)
		if c.Status == 0 {
			code = "default"
		}
		text := "What comes as " + typeName(c.Type)
		if c.Status != 0 {
			text = http.StatusText(c.Status)
		}
		if _, ok := c.As.(model.JSON); !ok {
			o.setItself()
			continue
		}
		if unions[code] == nil {
			codes = append(codes, code)
			o.set(code, text, nil)
		}
		t := c.Type
		if pointer, ok := t.(model.Pointer); ok {
			t = pointer.Elem
			if o.sealedByValue(as, t) {
				continue
			}
		}
		schema := wire.Lookup(o.pkg, c.Type, model.Sent)
		if null, ok := schema.(model.NullOr); ok {
			schema = null.Of // a nil pointer is an error
		}
		unions[code] = append(unions[code], schema)
	}
	for _, code := range codes {
		o.set(code, "", media("application/json", o.union(unions[code])))
	}
}

func (o *output) sealedByValue(as model.Sealed, t model.Type) bool {
	for _, c := range as.Cases {
		if reflect.DeepEqual(c.Type, t) {
			return true
		}
	}
	return false
}

func typeName(t model.Type) string {
	switch t := t.(type) {
	case model.Named:
		return t.Name
	case model.Pointer:
		return typeName(t.Elem)
	}
	return "an answer"
}

// failures documents what is answered when something cannot be read or goes
// wrong.
func (o *output) failures(in *input) {
	if in.plain || in.body {
		o.problem(http.StatusBadRequest, "A value of the request is missing, malformed or invalid")
	}
	if in.body && bodyLimit(o.handler) > 0 {
		o.problem(http.StatusRequestEntityTooLarge, fmt.Sprintf("The body has more than %d bytes", bodyLimit(o.handler)))
	}
	if in.media {
		o.problem(http.StatusUnsupportedMediaType, "The body has another Content-Type")
	}
	if in.validated {
		o.problem(http.StatusUnprocessableEntity, "The body is well formed, but its values are not valid")
	}
	if len(in.secured) > 0 {
		response := o.problem(http.StatusUnauthorized, "The credentials are missing or malformed")
		if response.Headers == nil {
			response.Headers = openapi3.Headers{}
		}
		response.Headers["WWW-Authenticate"] = header("What credentials are wanted.")
	}
	if o.handler.Timeout > 0 {
		o.problem(http.StatusGatewayTimeout, fmt.Sprintf("It took longer than %v", o.handler.Timeout))
	}
	if in.open || o.fails() {
		o.error("default", "An error, with a status of its own or 500")
	}
}

// fails reports whether the handler can return an error.
func (o *output) fails() bool {
	for _, r := range o.handler.Results {
		switch as := r.As.(type) {
		case model.Failure:
			return true
		case model.Lines:
			if as.Func == "WriteLines" { // an error in place of the first value
				return true
			}
		case model.Events:
			if as.Func == "WriteEvents" {
				return true
			}
		}
	}
	return false
}

func (o *output) problem(status int, text string) *openapi3.Response {
	return o.error(strconv.Itoa(status), text)
}

// error adds an answer in the form that errors of the package have.
func (o *output) error(code, text string) *openapi3.Response {
	if code == "default" && o.open {
		return o.responses.Default().Value
	}
	if o.pkg.Errors == nil {
		o.builder.problem = true
		return o.set(code, text, media("application/problem+json", ref("Problem")))
	}
	for _, r := range o.pkg.Errors.Results {
		switch r.As.(type) {
		case model.Failure, model.HeaderParts, model.CustomParts, model.StatusCode, model.CookiePart, model.CookieParts, model.ETagPart,
			model.NoContent, model.Responder, model.HTTPHandler, model.Sealed:
		default:
			return o.set(code, text, o.content(r))
		}
	}
	return o.set(code, text, nil)
}

// documented adds what response directives say. They say more about an answer
// than is known otherwise.
func (o *output) documented(r model.Route) {
	for _, a := range r.Answers {
		code := strconv.Itoa(a.Status)
		var content openapi3.Content
		if a.Type != nil {
			content = media("application/json", o.sent(a.Type))
		}
		text := a.Text
		if text == "" {
			text = http.StatusText(a.Status)
		}
		if known := o.responses.Value(code); known != nil {
			known.Value.Description = &text
			if content != nil {
				known.Value.Content = content
			}
			continue
		}
		if content == nil && a.Status >= 400 {
			o.error(code, text)
			continue
		}
		o.set(code, text, content)
	}
}
