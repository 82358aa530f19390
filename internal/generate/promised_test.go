package generate_test

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
	"testing"

	"github.com/handlergen/handlergen/internal/openapi"
)

// TestPromised sends to each case the requests that its OpenAPI document allows,
// and others that it forbids, made from its schemas. What is allowed has to be
// read, what is forbidden has to be refused, and every answer has to be one that
// the document promises.
func TestPromised(t *testing.T) {
	s := mustServed(t)
	addrs := s.start(t)
	var sent [2]int
	ran := 0
	for _, c := range s.cases {
		addr, served := addrs[c.name]
		if _, ok := undocumentedCases[c.name]; ok || !served {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			ran++
			doc, err := openapi.Build(s.packagesOf(c), openapi.Info{Title: c.name, Version: "1"})
			if err != nil {
				t.Skip(err)
			}
			d := reload(t, doc)
			for _, o := range d.operations() {
				n := o.prove(t, c.name, addr)
				sent[0] += n[0]
				sent[1] += n[1]
			}
		})
	}
	t.Logf("%d requests that documents allow, %d that they forbid", sent[0], sent[1])
	if ran > 100 && (sent[0] < 1000 || sent[1] < 1000) { // not when -run chose a few
		t.Errorf("only %d allowed and %d forbidden requests were made", sent[0], sent[1])
	}
}

// An operation is one of a document, as plain JSON.
type operation struct {
	*document
	node
	method, path string
}

// operations lists the operations of a document, in order.
func (d *document) operations() []operation {
	var list []operation
	paths := node{d, "/paths"}
	for _, path := range paths.keys() {
		item := paths.at(path)
		for _, method := range []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"} {
			if item.has(method) {
				list = append(list, operation{d, item.at(method), strings.ToUpper(method), path})
			}
		}
	}
	return list
}

// A proof is one request and what the document says of it.
type proof struct {
	what    string // "limit = 101"
	allowed bool
	values  map[string]any // of parameters by place and name; nil is absent
	body    *bodyOf
}

// A bodyOf is a body with its media type.
type bodyOf struct{ media, text string }

// prove makes the requests of an operation, and returns how many were allowed
// and how many were forbidden.
func (o operation) prove(t *testing.T, name, addr string) (sent [2]int) {
	t.Helper()
	id := name + " " + o.method + " " + o.path
	if o.streams() {
		return sent // TestDocumented reads those to their ends
	}
	proofs, ok := o.proofs()
	if !ok && unpredictable[id] == "" {
		t.Errorf("%s: no request can be made from the document", id)
	}
	for _, p := range proofs {
		x, ok := o.request(p)
		if !ok {
			continue
		}
		res, body, err := x.send(addr)
		if err != nil {
			continue // a case about an answer that breaks off
		}
		refused := res.StatusCode >= 400
		if p.allowed {
			sent[0]++
			refused = slices.Contains([]int{400, 405, 413, 415, 422}, res.StatusCode) ||
				strings.Contains(body, `"detail":"no route has this path"`)
		} else {
			sent[1]++
		}
		if refused == p.allowed && unpredictable[id] == "" && unpredictable[name] == "" {
			t.Errorf("%s: %s: allowed is %t, but the answer is %s %s\n%s %s %v\n%.300s", id, p.what, p.allowed, res.Status, body,
				x.method, x.target, x.header, x.body)
		}
		for _, problem := range o.undocumented(o.Paths.Value(o.path).GetOperation(o.method), o.pointer, res, body, o.method) {
			t.Errorf("%s: %s: %s\n%s %s", id, p.what, problem, res.Status, body)
		}
	}
	return sent
}

// proofs makes one request of the values that come first, and from it others
// that differ in one place.
func (o operation) proofs() ([]proof, bool) {
	base := map[string]any{}
	params := o.at("parameters")
	for i := range params.len() {
		p := params.index(i)
		if value, ok := p.at("schema").first(textual(p)); ok {
			base[p.text("in")+" "+p.text("name")] = value
		} else if p.value()["required"] == true {
			return nil, false
		}
	}
	body, ok := o.firstBody()
	if !ok {
		return nil, false
	}
	proofs := []proof{{"everything", true, base, body}}
	for i := range params.len() {
		proofs = append(proofs, o.paramProofs(params.index(i), base, body)...)
	}
	return append(proofs, o.bodyProofs(base)...), true
}

// streams reports whether an answer may have no end.
func (o operation) streams() bool {
	content := o.at("responses").at("200").at("content")
	return content.has("text/event-stream") || content.has("application/x-ndjson")
}

// paramProofs are the requests that differ in one parameter.
func (o operation) paramProofs(p node, base map[string]any, body *bodyOf) (proofs []proof) {
	key := p.text("in") + " " + p.text("name")
	with := func(value any) map[string]any {
		values := maps.Clone(base)
		values[key] = value
		return values
	}
	if p.text("in") != "path" {
		proofs = append(proofs, proof{key + " is absent", p.value()["required"] != true, with(nil), body})
	}
	schema := p.at("schema")
	for _, value := range schema.candidates(0) {
		if !isTextual(schema, value, textual(p)) {
			continue
		}
		proofs = append(proofs, proof{fmt.Sprintf("%s = %s", key, short(value)), schema.allows(value), with(value), body})
	}
	return proofs
}

// content returns the media type and the schema of the body.
func (o operation) content() (media string, schema node, ok bool) {
	content := o.at("requestBody").at("content")
	for _, media := range content.keys() {
		return media, content.at(media).at("schema"), true
	}
	return "", node{}, false
}

func (o operation) firstBody() (*bodyOf, bool) {
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

// bodyProofs are the requests that differ in the body.
func (o operation) bodyProofs(base map[string]any) (proofs []proof) {
	media, schema, ok := o.content()
	if !ok {
		return nil
	}
	required := o.at("requestBody").value()["required"] == true
	proofs = append(proofs, proof{"no body", !required || media == "*/*", base, nil})
	first, _ := schema.first(forms[media])
	if media != "*/*" {
		proofs = append(proofs, proof{"another media type", false, base, &bodyOf{"application/x-nobody-knows", schema.write(media, first).text}})
	}
	if media == "application/json" {
		proofs = append(proofs,
			proof{"no JSON", false, base, &bodyOf{media, "{"}},
			proof{"two values", false, base, &bodyOf{media, schema.write(media, first).text + " 1"}})
	}
	if n := o.limit(); n > 0 && n < 1<<20 {
		long := &bodyOf{media, strings.Repeat(" ", n+1)}
		if media == "multipart/form-data" {
			long = &bodyOf{media + "; boundary=b", strings.Repeat("-", n+1)}
		}
		proofs = append(proofs, proof{"a body that is too long", false, base, long})
	}
	values := schema.candidates(0)
	if forms[media] == inBody {
		values = []any{"", "a", "{}", "\x00\xff"}
	}
	for _, value := range values {
		if !isTextual(schema, value, forms[media]) || forms[media] == inJSON && isLenient(schema, value) {
			continue
		}
		body := schema.write(media, value)
		proofs = append(proofs, proof{"body = " + short(value), schema.allows(value), base, body})
	}
	return proofs
}

// limit is the number of bytes that the body may have, or 0.
func (o operation) limit() int {
	limit, _ := o.at("requestBody").value()["x-body-limit"].(json.Number)
	n, _ := limit.Int64()
	return int(n)
}

func short(value any) string {
	text, _ := json.Marshal(value)
	if len(text) > 80 {
		return string(text[:60]) + "…" + fmt.Sprint(len(text))
	}
	return string(text)
}

// request writes a request down.
func (o operation) request(p proof) (exchange, bool) {
	x := exchange{method: o.method, target: o.path}
	query := url.Values{}
	var cookies []string
	params := o.at("parameters")
	for i := range params.len() {
		param := params.index(i)
		name := param.text("name")
		value := p.values[param.text("in")+" "+name]
		texts, keyed := textsOf(value)
		switch in := param.text("in"); {
		case value == nil:
		case in == "path":
			if len(texts) != 1 || texts[0] == "" || strings.Contains(texts[0], "/") || strings.Trim(texts[0], ".") == "" {
				return x, false // no such path
			}
			x.target = strings.ReplaceAll(x.target, "{"+name+"}", url.PathEscape(texts[0]))
		case keyed != nil:
			for key, texts := range keyed {
				if param.text("style") == "deepObject" {
					key = name + "[" + key + "]"
				}
				switch in {
				case "query":
					query[key] = texts
				case "header":
					x.header = append(x.header, key+": "+strings.Join(texts, ","))
				case "cookie":
					for _, text := range texts {
						cookies = append(cookies, key+"="+text)
					}
				}
			}
		case in == "query":
			query[name] = texts
		case in == "header":
			for _, text := range texts {
				if text == "" || strings.TrimSpace(text) != text {
					return x, false
				}
				x.header = append(x.header, name+": "+text)
			}
		case in == "cookie":
			for _, text := range texts {
				cookies = append(cookies, name+"="+text)
			}
		}
	}
	if len(query) > 0 {
		x.target += "?" + query.Encode()
	}
	if cookies != nil {
		x.header = append(x.header, "Cookie: "+strings.Join(cookies, "; "))
	}
	if server := o.at("servers"); server.len() > 0 {
		x.header = append(x.header, "Host: "+strings.TrimPrefix(server.index(0).text("url"), "//"))
	}
	for _, scheme := range o.credentials() {
		x.header = append(x.header, "Authorization: "+map[string]string{"bearerAuth": "Bearer t", "basicAuth": "Basic dTpw"}[scheme])
	}
	if p.body != nil {
		if limit := o.limit(); p.allowed && limit > 0 && len(p.body.text) > limit {
			return x, false
		}
		x.header = append(x.header, "Content-Type: "+p.body.media)
		x.body = p.body.text
	}
	return x, true
}

// credentials are the schemes of the last alternative, which wants the most.
func (o operation) credentials() []string {
	security := o.at("security")
	if security.len() == 0 {
		return nil
	}
	return security.index(security.len() - 1).keys()
}

// textsOf writes a value as texts, or as texts by name.
func textsOf(value any) (texts []string, keyed map[string][]string) {
	switch value := value.(type) {
	case string:
		return []string{value}, nil
	case []any:
		for _, elem := range value {
			one, _ := textsOf(elem)
			texts = append(texts, one...)
		}
		return texts, nil
	case map[string]any:
		keyed = map[string][]string{}
		for name, elem := range value {
			keyed[name], _ = textsOf(elem)
		}
		return nil, keyed
	case nil:
		return nil, nil
	}
	return []string{short(value)}, nil
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
	}
	text, _ := json.Marshal(value)
	return &bodyOf{media, string(text)}
}

// partType is the first media type that a file may have.
func (n node) partType(name string) string {
	content := node{n.d, n.pointer[:strings.LastIndexByte(n.pointer, '/')]}
	accept, _, _ := strings.Cut(content.at("encoding").at(name).text("contentType"), ",")
	if accept == "" {
		accept = "application/octet-stream"
	}
	return strings.Replace(accept, "*", "x", 1)
}

func (n node) writeParts(keyed map[string][]string) *bodyOf {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("b")
	for _, name := range slices.Sorted(maps.Keys(keyed)) {
		for _, text := range keyed[name] {
			head := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + name + `"`}}
			of := n.at("properties").at(name).resolved()
			if of.has("items") {
				of = of.at("items").resolved()
			}
			if of.has("contentMediaType") {
				head.Set("Content-Disposition", head.Get("Content-Disposition")+`; filename="f"`)
				head.Set("Content-Type", n.partType(name))
			}
			part, _ := w.CreatePart(head)
			_, _ = part.Write([]byte(text))
		}
	}
	_ = w.Close()
	return &bodyOf{w.FormDataContentType(), b.String()}
}
