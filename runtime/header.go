package runtime

import (
	"iter"
	"net/http"
	"slices"
	"strings"
)

// Header returns the field of the request's header with that name, which must
// be in canonical form ([http.CanonicalHeaderKey]). A field on two lines is a
// value given more than once.
func (in *Input) Header(name string) Param {
	p := Param{name: name, in: InHeader}
	switch lines := in.r.Header[name]; len(lines) {
	case 0:
		if name == "Host" && in.r.Host != "" { // net/http moves it there
			p.text, p.count = in.r.Host, 1
		}
	case 1:
		p.text, p.count = lines[0], 1
	default:
		p.text, p.count = lines[0], 2
	}
	return p
}

// HeaderList returns the elements of a header field that is a list: one for
// each line and each comma outside quotes, without the space around it and
// without empty elements (RFC 9110 §5.6.1).
func (in *Input) HeaderList(name string) []Param {
	var list []Param
	for _, line := range in.r.Header[name] {
		for element := range elements(line) {
			list = append(list, Param{name: name, text: element, in: InHeader, count: 1})
		}
	}
	return list
}

// HeaderParams returns all fields of the request's header in the order of their
// names, those of several lines once for each line.
func (in *Input) HeaderParams() iter.Seq[Param] {
	header := in.r.Header
	return func(yield func(Param) bool) {
		for _, name := range headerNames(header) {
			for _, line := range header[name] {
				if !yield(Param{name: name, text: line, in: InHeader, count: 1}) {
					return
				}
			}
		}
	}
}

func headerNames(header http.Header) []string {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// elements goes through the elements of one line of a list.
func elements(line string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line != "" {
			end := elementEnd(line)
			element := strings.Trim(line[:end], " \t")
			line = line[min(end+1, len(line)):]
			if element != "" && !yield(element) {
				return
			}
		}
	}
}

// elementEnd returns the place of the first comma outside quotes, or the end.
func elementEnd(line string) int {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"':
			quoted = !quoted
		case '\\':
			if quoted {
				i++
			}
		case ',':
			if !quoted {
				return i
			}
		}
	}
	return len(line)
}
