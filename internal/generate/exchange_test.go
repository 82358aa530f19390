package generate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/proof"
)

// An exchange is one request and the answer that a case expects.
type exchange struct {
	proof.Request
	line int // of the request in its section, from 1

	status     int
	mediaType  string   // expected Content-Type; empty for any
	wantHeader []string // "Location: /users/7"
	wantBody   string
	anyBody    bool
}

// parseExchanges reads an http section.
func parseExchanges(text []byte) ([]exchange, error) {
	var list []exchange
	p := exchangeParser{}
	for i, line := range strings.Split(string(text), "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		var err error
		switch {
		case line == "", mark == "#":
			continue
		case mark == ">" && p.state != inRequest && p.state != inRequestBody:
			list = append(list, exchange{line: i + 1})
			err = p.start(&list[len(list)-1], rest)
		case mark == ">":
			p.request(rest)
		case mark == "<" && len(list) > 0:
			err = p.answer(rest)
		default:
			err = fmt.Errorf("want a line that starts with >, < or #, got %q", line)
		}
		if err != nil {
			return nil, fmt.Errorf("http section, line %d: %w", i+1, err)
		}
	}
	return list, nil
}

// An exchangeParser knows which part of an exchange a line belongs to.
type exchangeParser struct {
	x     *exchange
	state int
}

// The states of an exchangeParser.
const (
	outside = iota
	inRequest
	inRequestBody
	inAnswer
	inAnswerBody
)

func (p *exchangeParser) start(x *exchange, line string) error {
	method, target, ok := strings.Cut(line, " ")
	if !ok {
		return fmt.Errorf("want METHOD TARGET, got %q", line)
	}
	x.Method, x.Target = method, expand(target)
	p.x, p.state = x, inRequest
	return nil
}

func (p *exchangeParser) request(line string) {
	switch {
	case p.state == inRequestBody && p.x.Body == "":
		p.x.Body = expand(line)
	case p.state == inRequestBody:
		p.x.Body += "\n" + expand(line)
	case line == "":
		p.state = inRequestBody
	default:
		p.x.Header = append(p.x.Header, expand(line))
	}
}

// headerLine matches a header of an answer. What does not look like one starts
// the body.
var headerLine = regexp.MustCompile(`^[A-Z][A-Za-z0-9-]*: `)

func (p *exchangeParser) answer(line string) error {
	x := p.x
	switch {
	case p.state == inRequest || p.state == inRequestBody:
		p.state = inAnswer
		status, mediaType, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(status)
		if err != nil {
			return fmt.Errorf("want STATUS [CONTENT-TYPE], got %q", line)
		}
		x.status, x.mediaType = n, mediaType
	case p.state == inAnswer && headerLine.MatchString(line):
		x.wantHeader = append(x.wantHeader, line)
	case p.state == inAnswer && line == "*":
		x.anyBody = true
	case p.state == inAnswer:
		p.state, x.wantBody = inAnswerBody, expand(line)
	case x.wantBody == "":
		x.wantBody = expand(line)
	default:
		x.wantBody += "\n" + expand(line)
	}
	return nil
}

// repetition matches {{x*3}}, which stands for xxx.
var repetition = regexp.MustCompile(`\{\{(.+?)\*(\d+)\}\}`)

// expand replaces each {{text*n}} by n times the text, in which the escapes of
// a Go string are understood.
func expand(s string) string {
	return repetition.ReplaceAllStringFunc(s, func(match string) string {
		m := repetition.FindStringSubmatch(match)
		text, err := strconv.Unquote(`"` + m[1] + `"`)
		if err != nil {
			return match
		}
		n, _ := strconv.Atoi(m[2])
		return strings.Repeat(text, n)
	})
}

// run makes the request and returns what is wrong with the answer.
func (x *exchange) run(addr string) (problems []string) {
	res, err := x.Send(addr)
	if err != nil {
		return []string{err.Error()}
	}
	if res.StatusCode != x.status {
		problems = append(problems, fmt.Sprintf("status %d, want %d", res.StatusCode, x.status))
	}
	if got := res.Header.Get("Content-Type"); x.mediaType != "" && !sameHeader(got, x.mediaType) {
		problems = append(problems, fmt.Sprintf("Content-Type %q, want %q", got, x.mediaType))
	}
	problems = append(problems, x.compareHeader(res.Header)...)
	if !x.anyBody {
		problems = append(problems, x.compareBody(res.Header.Get("Content-Type"), res.Text)...)
	}
	if problems != nil {
		problems = append(problems, fmt.Sprintf("the answer was %s\n%s", res.Status, res.Text))
	}
	return problems
}

// compareHeader checks the headers that the case lists: all values of a name,
// in order.
func (x *exchange) compareHeader(got http.Header) (problems []string) {
	want := http.Header{}
	for _, line := range x.wantHeader {
		name, value, _ := strings.Cut(line, ": ")
		want.Add(name, value)
	}
	for name, values := range want {
		if values[0] == "-" && len(got[name]) == 0 {
			continue
		}
		if !sameHeader(strings.Join(got[name], "\n"), strings.Join(values, "\n")) {
			problems = append(problems, fmt.Sprintf("%s %q, want %q", name, got[name], values))
		}
	}
	return problems
}

func sameHeader(got, want string) bool {
	return got == want || want == "*" && got != ""
}

// compareBody checks the body: by its meaning if it is JSON, else exactly.
func (x *exchange) compareBody(mediaType, got string) []string {
	if x.Method == http.MethodHead || !strings.Contains(mediaType, "json") ||
		strings.Contains(mediaType, "ndjson") || x.wantBody == "" {
		if got != x.wantBody {
			return []string{fmt.Sprintf("body %q, want %q", got, x.wantBody)}
		}
		return nil
	}
	want, err := decodeJSON(x.wantBody)
	if err != nil {
		return []string{fmt.Sprintf("the case expects a body that is no JSON: %v", err)}
	}
	value, err := decodeJSON(got)
	if err != nil {
		return []string{fmt.Sprintf("the body is no JSON: %v", err)}
	}
	if !sameJSON(value, want) {
		return []string{"want body " + x.wantBody}
	}
	return nil
}

func decodeJSON(text string) (any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

// sameJSON compares decoded values; "*" in what is wanted stands for any value.
func sameJSON(got, want any) bool {
	switch want := want.(type) {
	case string:
		return want == "*" || got == want
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !sameJSON(list[i], want[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			return false
		}
		for name := range want {
			if value, ok := object[name]; !ok || !sameJSON(value, want[name]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(got, want)
}
