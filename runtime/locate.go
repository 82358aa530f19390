package runtime

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// rejectJSON says what is wrong with a body, or with a line of it, that
// decodeJSON did not decode into v but refused with err.
func rejectJSON(body []byte, line int, v any, err error) error {
	if !validJSON(body) {
		return &Rejection{status: http.StatusBadRequest, detail: syntaxDetail(body, line, err), cause: err}
	}
	problem := Problem{In: InBody.String(), Line: line, Name: locate(body, v, err), Detail: mismatchDetail(err)}
	if errors.Is(err, errNull) {
		problem.Rule = ruleRequired
	}
	return &Rejection{
		status:   http.StatusUnprocessableEntity,
		problems: []Problem{problem},
		cause:    err,
	}
}

// syntaxDetail says where a body, or a line of it, stops being JSON.
func syntaxDetail(body []byte, number int, err error) string {
	what := "the body"
	if number > 0 {
		what = "line " + strconv.Itoa(number)
	}
	if skipSpace(body, 0) == len(body) {
		return what + " is empty"
	}
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return what + " is not JSON"
	}
	if strings.HasPrefix(syntax.Error(), "unexpected end") {
		return what + " ends in the middle of its JSON"
	}
	place := int(syntax.Offset)
	if !offsetsAtStart() {
		place--
	}
	before := body[:max(0, min(place, len(body)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	if number > 0 {
		return what + " is not JSON at column " + strconv.Itoa(column)
	}
	return what + " is not JSON at line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column)
}

// offsetsAtStart reports whether the offset in an error of encoding/json is
// where the trouble begins, as with its second engine, and not after it.
var offsetsAtStart = sync.OnceValue(func() bool {
	mismatch, ok := errors.AsType[*json.UnmarshalTypeError](json.Unmarshal([]byte(`"text"`), new(bool)))
	return ok && mismatch.Offset == 0
})

// The limits of looking for a value that has an error without an offset: the
// length of the body in bytes, and how often it may be decoded.
const (
	maxSearched = 16 << 10
	maxDecoded  = 64
)

// locate returns the JSON pointer of the value in body that could not be
// decoded into v, or "" for the whole body or if it was not found.
//
// encoding/json says at which offset a value does not fit its type. It says
// nothing about where the error of an UnmarshalJSON or UnmarshalText method
// came from, and an offset in such an error counts from somewhere else. So an
// offset is tried out, and without a good one the value is found by decoding
// beginnings of the body.
func locate(body []byte, v any, err error) string {
	o := newOutline(body)
	tries := 0
	fails := func(text []byte) bool {
		tries++
		return tries <= maxDecoded && decodeJSON(text, v) != nil
	}
	//nolint:errorlint // in a wrapped one the offset counts from somewhere else
	if mismatch, ok := err.(*json.UnmarshalTypeError); ok && mismatch != nil {
		place := int(mismatch.Offset)
		if offsetsAtStart() {
			place++
		}
		if n, ok := o.before(place); ok && o.isCulprit(n, fails) {
			return o.pointer(o.culprit(n, fails))
		}
	}
	if len(body) > maxSearched {
		return ""
	}
	return o.pointer(o.culprit(0, fails))
}

// isCulprit reports whether the text fails with the node n and not without it.
func (o *outline) isCulprit(n int32, fails func(text []byte) bool) bool {
	parent := o.nodes[n].parent
	if parent < 0 {
		return true
	}
	settled := int(o.nodes[parent].start) + 1
	for child := range o.children(parent) {
		if child == n {
			break
		}
		settled = int(o.nodes[child].end)
	}
	return !fails(o.upTo(settled, parent)) && fails(o.upTo(int(o.nodes[n].end), parent))
}

// culprit returns the smallest node in n that the text fails with and not
// without.
func (o *outline) culprit(n int32, fails func(text []byte) bool) int32 {
	for {
		children := make([]int32, 0, o.nodes[n].count)
		for child := range o.children(n) {
			children = append(children, child)
		}
		if len(children) == 0 || len(o.body) > maxSearched || fails(o.upTo(int(o.nodes[n].start)+1, n)) {
			return n
		}
		i := sort.Search(len(children), func(i int) bool {
			return fails(o.upTo(int(o.nodes[children[i]].end), n))
		})
		if i == len(children) {
			return n
		}
		n = children[i]
	}
}

// mismatchDetail says what a value should have been that could not be decoded.
func mismatchDetail(err error) string {
	if errors.Is(err, errNull) {
		return "must not be null"
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mismatch.Type != nil {
		return typeDetail(mismatch.Type, mismatch.Value)
	}
	if _, ok := errors.AsType[base64.CorruptInputError](err); ok {
		return "must be a base64 string"
	}
	if _, ok := errors.AsType[*time.ParseError](err); ok {
		return "must be a time such as 2006-01-02T15:04:05Z"
	}
	return publicDetail(err)
}

// typeDetail says what JSON a type is decoded from. The value is what
// encoding/json calls what it found: "string", "number 300".
func typeDetail(t reflect.Type, value string) string {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return "must be a string"
	}
	if t == reflect.TypeFor[json.Number]() {
		return "must be a number"
	}
	number, isNumber := strings.CutPrefix(value, "number ")
	v := notANumber
	if isNumber && isInteger(number) {
		v = outOfRange
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return intDetail(v, t.Bits())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return uintDetail(v, t.Bits())
	case reflect.Float32, reflect.Float64:
		if isNumber {
			return "is out of range"
		}
		return "must be a number"
	case reflect.Bool:
		return "must be true or false"
	case reflect.String:
		return "must be a string"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "must be a base64 string"
		}
		return "must be an array"
	case reflect.Array:
		return "must be an array"
	case reflect.Struct, reflect.Map:
		return "must be an object"
	}
	return "is not valid"
}

func isInteger(s string) bool {
	return all(strings.TrimPrefix(s, "-"), isDigit)
}
