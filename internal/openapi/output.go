package openapi

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/answers"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// responses documents what a route answers to requests with one method.
func (p *pack) responses(h model.Handler, r model.Route, method string) *openapi3.Responses {
	r.Methods = []string{method}
	list := slices.DeleteFunc(answers.Of(p.pkg, h, r), isUnplanned)
	responses := openapi3.NewResponsesWithCapacity(len(list))
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Code == list[0].Code {
			n++
		}
		responses.Set(list[0].Code, &openapi3.ResponseRef{Value: p.response(list[:n])})
		list = list[n:]
	}
	return responses
}

// isUnplanned reports whether an answer is one that says nothing of the route:
// the 500 of a mistake, and what comes between anything that another server says.
func isUnplanned(a answers.Answer) bool {
	switch a.Cause.(type) {
	case answers.Unexpected, answers.NoExtension, answers.Unreachable, answers.Late:
		return true
	}
	return false
}

// response documents the answers of one code. What a directive says of it is
// better than any other text.
func (p *pack) response(of []answers.Answer) *openapi3.Response {
	response := openapi3.NewResponse().WithDescription(causeText(of[0]))
	open := of[0].Code == answers.Default && slices.ContainsFunc(of, isAnything)
	if union := p.implementations(of); len(union) > 0 && !open {
		addContent(response, answers.Media(answers.Value{}), &openapi3.MediaType{Schema: p.union(union)})
	}
	for _, a := range of {
		if _, ok := a.Cause.(answers.Documented); ok {
			response.WithDescription(causeText(a))
		}
		for _, h := range a.Headers {
			if response.Headers == nil {
				response.Headers = openapi3.Headers{}
			}
			if known := response.Headers[h.Name]; known == nil || known.Value.Description == "" {
				response.Headers[h.Name] = header(h.Doc)
			}
		}
		if open || isImplementation(a) {
			continue
		}
		if content := p.content(a.Body); content != nil {
			addContent(response, answers.Media(a.Body), content)
		}
	}
	return response
}

// isAnything reports whether nothing is known of the body of an answer.
func isAnything(a answers.Answer) bool { return a.Body == answers.Anything{} }

// implementations are the schemas of values that are one of several types.
func (p *pack) implementations(of []answers.Answer) []model.Schema {
	var union []model.Schema
	for _, a := range of {
		value, ok := a.Body.(answers.Value)
		if !ok || !isImplementation(a) {
			continue
		}
		schema := wire.ImplementationSchema(p.pkg, value.Type)
		if !slices.ContainsFunc(union, func(other model.Schema) bool { return reflect.DeepEqual(other, schema) }) {
			union = append(union, schema)
		}
	}
	return union
}

func isImplementation(a answers.Answer) bool {
	_, ok := a.Cause.(answers.Implementation)
	return ok
}

// addContent adds a media type to an answer, or another schema to one that it
// has.
func addContent(response *openapi3.Response, media string, content *openapi3.MediaType) {
	if response.Content == nil {
		response.Content = openapi3.Content{}
	}
	response.Content[media] = either(response.Content[media], content)
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

func header(text string) *openapi3.HeaderRef {
	return &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{Description: text, Schema: typed("string")}}}
}

// content is the body of an answer, or nil if there is none, or nothing to say
// of it.
func (p *pack) content(body answers.Body) *openapi3.MediaType {
	of := func(schema *openapi3.SchemaRef) *openapi3.MediaType { return &openapi3.MediaType{Schema: schema} }
	switch body := body.(type) {
	case nil:
		return nil
	case answers.Text, answers.HTML, answers.Events:
		return of(typed("string"))
	case answers.Bytes, answers.Content, answers.Anything:
		return of(inline(&openapi3.Schema{}))
	case answers.Form:
		return of(formReply(body))
	case answers.Lines:
		content := of(typed("string"))
		content.Extensions = map[string]any{"x-item-schema": p.sent(body.Type)}
		return content
	case answers.Value:
		return of(p.sent(body.Type))
	case answers.Problem:
		p.problem = true
		return of(ref("Problem"))
	}
	panic(fmt.Sprintf("openapi: unhandled body %T", body))
}

// sent is the schema of a value that is encoded.
func (p *pack) sent(t model.Type) *openapi3.SchemaRef {
	return p.schema(wire.Lookup(p.pkg, t, model.Sent), model.Sent)
}

func formReply(as answers.Form) *openapi3.SchemaRef {
	object := typed("object")
	object.Value.Properties = openapi3.Schemas{}
	for _, f := range as.Fields {
		object.Value.Properties[f.Name] = typed("string")
		inOrder(object.Value, f.Name)
	}
	return object
}

// causeText describes an answer.
func causeText(a answers.Answer) string {
	switch cause := a.Cause.(type) {
	case answers.Returned:
		if a.Status() == 0 {
			return "The status that the handler chooses"
		}
	case answers.Chosen:
		return "The status that the handler chooses"
	case answers.Implementation:
		switch {
		case isAnything(a):
			return "What the handler writes itself"
		case a.Status() == 0:
			return "What comes as " + typeName(cause.Type)
		}
	case answers.Redirected:
		if a.Status() == 0 {
			return "A redirect: 303, 307 or 308"
		}
	case answers.Itself, answers.Whole, answers.Upstream:
		return "What the handler writes itself"
	case answers.TakenOver:
		return "What middleware answers"
	case answers.Changed:
		return "The content is not the one that the request is for"
	case answers.OutOfRange:
		return "The content has no such range"
	case answers.WrongValues, answers.Invalid, answers.CutOff, answers.Malformed:
		return "A value of the request is missing, malformed or invalid"
	case answers.Slow:
		return fmt.Sprintf("The body has not come within %v", cause.After)
	case answers.TooLarge:
		return fmt.Sprintf("The body has more than %d bytes", cause.Limit)
	case answers.Undeclared:
		return "The body has another Content-Type"
	case answers.Unfit:
		return "The body is well formed, but its values are not valid"
	case answers.NoCredentials:
		return "The credentials are missing or malformed"
	case answers.Unauthenticated:
		return "The credentials are missing or not accepted"
	case answers.TimedOut:
		return fmt.Sprintf("It took longer than %v", cause.After)
	case answers.Refused, answers.Unavailable, answers.Failed:
		return "An error, with a status of its own or 500"
	case answers.Documented:
		if cause.Text != "" {
			return cause.Text
		}
	}
	return http.StatusText(a.Status())
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
