package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// An attempt is one request and what the document says of it.
type attempt struct {
	what        string // "limit = 101"
	allowed     bool
	values      map[string]any // of parameters by place and name; nil is absent
	body        *bodyOf
	credentials bool
}

// A bodyOf is a body with its media type.
type bodyOf struct{ media, text string }

// attempts makes one request of the values that come first, and from it others
// that differ in one place.
func (o Operation) attempts() ([]attempt, bool) {
	base := attempt{what: "everything", allowed: true, values: map[string]any{}, credentials: true}
	params := o.at("parameters").elems()
	for _, p := range params {
		if value, ok := p.at("schema").first(inParam); ok {
			base.values[p.text("in")+" "+p.text("name")] = value
		} else if p.isRequired() {
			return nil, false
		}
	}
	var ok bool
	if base.body, ok = o.firstBody(); !ok {
		return nil, false
	}
	list := []attempt{base}
	for _, p := range params {
		list = append(list, paramAttempts(p, base)...)
	}
	list = append(list, o.bodyAttempts(base)...)
	if o.IsSecured() {
		without := base
		without.what, without.credentials = "no credentials", false
		without.allowed = slices.ContainsFunc(o.at("security").elems(), func(n node) bool { return len(n.keys()) == 0 })
		list = append(list, without)
	}
	return list, true
}

// paramAttempts are the requests that differ in one parameter.
func paramAttempts(p node, base attempt) (list []attempt) {
	key := p.text("in") + " " + p.text("name")
	with := func(what string, allowed bool, value any) {
		changed := base
		changed.what, changed.allowed, changed.values = key+what, allowed, maps.Clone(base.values)
		changed.values[key] = value
		list = append(list, changed)
	}
	if p.text("in") != "path" {
		with(" is absent", !p.isRequired(), nil)
	}
	schema := p.at("schema")
	for _, value := range schema.candidates(0) {
		if isTextual(schema, value, inParam) && !isLenient(schema, value) {
			with(" = "+short(value), schema.allows(value), value)
		}
	}
	return list
}

// content returns the media type and the schema of the body; of JSON lines it is
// that of a line.
func (o Operation) content() (media string, schema node, ok bool) {
	content := o.at("requestBody").at("content")
	if len(content.keys()) == 0 {
		return "", node{}, false
	}
	media = content.keys()[0]
	schema = content.at(media).at("schema")
	if lines := content.at(media).at("x-item-schema"); lines.value != nil {
		schema = lines
	}
	return media, schema, true
}

func (o Operation) firstBody() (*bodyOf, bool) {
	media, schema, ok := o.content()
	if !ok {
		return nil, true
	}
	value, ok := schema.first(forms[media])
	if forms[media] == inBody {
		value, ok = "a", true
	}
	if !ok {
		return nil, false
	}
	return schema.write(media, value), true
}

// forms are the media types whose values are texts.
var forms = map[string]textForm{"application/x-www-form-urlencoded": inForm, "multipart/form-data": inForm, "*/*": inBody}

// bodyAttempts are the requests that differ in the body.
func (o Operation) bodyAttempts(base attempt) (list []attempt) {
	media, schema, ok := o.content()
	if !ok {
		return nil
	}
	with := func(what string, allowed bool, body *bodyOf) {
		changed := base
		changed.what, changed.allowed, changed.body = what, allowed, body
		list = append(list, changed)
	}
	with("no body", !o.at("requestBody").isRequired() || media == "*/*", nil)
	if media != "*/*" {
		with("another media type", false, &bodyOf{"application/x-nobody-knows", base.body.text})
	}
	if forms[media] == inJSON {
		with("no JSON", false, &bodyOf{media, "{"})
	}
	if media == "application/json" {
		with("two values", false, &bodyOf{media, base.body.text + " 1"})
	}
	if n := o.limit(); n > 0 && n < 1<<20 {
		long := &bodyOf{media, strings.Repeat(" ", n+1)}
		if media == "multipart/form-data" {
			long = &bodyOf{media + "; boundary=b", strings.Repeat("-", n+1)}
		}
		with("a body that is too long", false, long)
	}
	values := schema.candidates(0)
	if forms[media] == inBody {
		values = []any{"", "a", "{}", "\x00\xff"}
	}
	for _, value := range values {
		if !isTextual(schema, value, forms[media]) || forms[media] == inJSON && isLenient(schema, value) {
			continue
		}
		with("body = "+short(value), schema.allows(value), schema.write(media, value))
	}
	return list
}

// limit is the number of bytes that the body may have, or 0.
func (o Operation) limit() int {
	limit, _ := o.at("requestBody").object()["x-body-limit"].(json.Number)
	n, _ := limit.Int64()
	return int(n)
}

func asJSON(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

// short is the JSON of a value for messages.
func short(value any) string {
	text := asJSON(value)
	if len(text) > 80 {
		return text[:60] + "…" + fmt.Sprint(len(text))
	}
	return text
}

// write writes a body.
func (n node) write(media string, value any) *bodyOf {
	switch _, keyed := textsOf(value); media {
	case "application/x-www-form-urlencoded":
		return &bodyOf{media, url.Values(keyed).Encode()}
	case "multipart/form-data":
		return n.writeParts(keyed)
	case "*/*":
		text, _ := value.(string)
		return &bodyOf{"text/plain", text}
	case "application/x-ndjson":
		line := asJSON(value)
		return &bodyOf{media, line + "\n" + line}
	}
	return &bodyOf{media, asJSON(value)}
}

// partType is the first media type that a file may have.
func (n node) partType(name string) string {
	content := n.d.at(n.pointer[:strings.LastIndexByte(n.pointer, '/')])
	accept, _, _ := strings.Cut(content.at("encoding").at(name).text("contentType"), ",")
	if accept == "" {
		accept = "application/octet-stream"
	}
	return strings.Replace(accept, "*", "x", 1)
}

// writeParts writes a body of parts, those that are files with a name.
func (n node) writeParts(keyed map[string][]string) *bodyOf {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("b")
	for _, name := range slices.Sorted(maps.Keys(keyed)) {
		for i, text := range keyed[name] {
			head := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + name + `"`}}
			of := n.at("properties").at(name).resolved()
			if of.has("items") {
				of = of.at("items").resolved()
			}
			if of.has("contentMediaType") {
				head.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s%d"`, name, name, i))
				head.Set("Content-Type", n.partType(name))
			}
			part, _ := w.CreatePart(head)
			_, _ = part.Write([]byte(text))
		}
	}
	_ = w.Close()
	return &bodyOf{w.FormDataContentType(), b.String()}
}
