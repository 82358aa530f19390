package proof

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Undocumented says what of an answer the document does not promise. The status
// 500, which nobody plans, always may come.
func (o Operation) Undocumented(res *Answer) (problems []string) {
	response, code, ok := o.response(res.StatusCode)
	switch {
	case res.StatusCode == http.StatusInternalServerError, (!ok || code == "default") && isCleaned(res):
		return nil
	case !ok:
		return []string{fmt.Sprintf("the status %d is not documented", res.StatusCode)}
	}
	problems = response.undocumentedHeaders(res.Header)
	if o.Method == http.MethodHead || res.StatusCode < 200 ||
		res.StatusCode == http.StatusNoContent || res.StatusCode == http.StatusNotModified {
		return problems
	}
	content := response.at("content")
	if len(content.keys()) == 0 {
		if _, exact := strconv.Atoi(code); exact == nil && res.Text != "" {
			problems = append(problems, "no body is documented")
		}
		return problems
	}
	media, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	for _, name := range []string{media, media[:strings.IndexByte(media, '/')+1] + "*", "*/*"} {
		if content.has(name) {
			if problem := content.at(name).undocumentedBody(media, res.Text); problem != "" {
				problems = append(problems, problem)
			}
			return problems
		}
	}
	return append(problems, fmt.Sprintf("the Content-Type %q is not documented", media))
}

// Statuses lists the statuses of the answers that the document promises, as it
// spells them: "200", "4XX", "default".
func (o Operation) Statuses() []string { return o.at("responses").keys() }

// response finds what the document says of a status.
func (o Operation) response(status int) (response node, code string, ok bool) {
	responses := o.at("responses")
	code = strconv.Itoa(status)
	for _, code := range []string{code, code[:1] + "XX", "default"} {
		if responses.has(code) {
			return responses.at(code).resolved(), code, true
		}
	}
	return node{}, "", false
}

// isCleaned reports whether an answer is what net/http says of paths that are
// not clean.
func isCleaned(res *Answer) bool {
	return res.StatusCode == http.StatusTemporaryRedirect && res.Header.Get("Location") != ""
}

func (n node) undocumentedHeaders(got http.Header) (problems []string) {
	headers := n.at("headers")
	for _, name := range headers.keys() {
		header := headers.at(name).resolved()
		values := got.Values(name)
		if values == nil && header.isRequired() {
			problems = append(problems, fmt.Sprintf("the header %s is missing", name))
		}
		for _, value := range values {
			schema := header.at("schema")
			if err := schema.validate(schema.read(value)); err != nil {
				problems = append(problems, fmt.Sprintf("the header %s: %v", name, err))
			}
		}
	}
	return problems
}

// read reads a text as a value of a schema, if it can be one.
func (n node) read(text string) any {
	types := n.types()
	switch {
	case types["integer"], types["number"]:
		return json.Number(text)
	case types["boolean"] && (text == "true" || text == "false"):
		return text == "true"
	case types["array"]:
		var list []any
		for elem := range strings.SplitSeq(text, ",") {
			list = append(list, n.part("items").read(strings.TrimSpace(elem)))
		}
		return list
	}
	return text
}

// undocumentedBody says what is wrong with a body.
func (n node) undocumentedBody(media, text string) string {
	schema := n.at("schema")
	var err error
	switch {
	case media == "application/x-ndjson":
		for line := range strings.Lines(text) {
			if err == nil {
				err = n.at("x-item-schema").validateJSON(line)
			}
		}
	case strings.HasSuffix(media, "json"):
		err = schema.validateJSON(text)
	case media == "application/x-www-form-urlencoded":
		var values url.Values
		if values, err = url.ParseQuery(text); err == nil {
			err = schema.validate(object(schema, values))
		}
	case schema.types()["string"]:
		err = schema.validate(text)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func (n node) validateJSON(text string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return n.validate(value)
}

// object reads the values of a form as members of a schema.
func object(schema node, values url.Values) map[string]any {
	members := map[string]any{}
	for name, texts := range values {
		of := schema.part("properties", name)
		switch {
		case of == nil:
			members[name] = texts[0]
		case of.types()["array"]:
			var list []any
			for _, text := range texts {
				list = append(list, of.part("items").read(text))
			}
			members[name] = list
		default:
			members[name] = of.read(texts[0])
		}
	}
	return members
}

// isStream reports whether an answer may have no end.
func (o Operation) isStream() bool {
	return slices.ContainsFunc(o.at("responses").keys(), func(code string) bool {
		content := o.at("responses").at(code).at("content")
		return content.has("text/event-stream") || content.has("application/x-ndjson")
	})
}
