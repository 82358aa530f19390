package typescript

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/handlergen/handlergen/internal/wire"
)

// taken are the names that no component has: those of the library, and those of
// the platform that it uses.
var taken = strings.Fields(`
	Answer ApiError ApiRequest BasicAuth BodyContent CallOptions Client ClientOptions Connection Download ErrorBody EventOptions
	HeadersLike InvalidRequestError Lazy MultipartWriter PreparedRequest Problem ProblemEntry Scalar Scalars ServerEvent
	AbortSignal Array ArrayBuffer AsyncGenerator AsyncIterable BigInt Blob ConstructorParameters Error FormData Headers Iterable
	JSON Math NonNullable Number Object Promise RangeError ReadableStream Readonly Record RequestInit Response String Symbol
	TextDecoder TextEncoder TypeError URLSearchParams Uint32Array Uint8Array`)

// reservedMethods are the names that mean something for every object.
var reservedMethods = []string{
	"constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "then", "toJSON", "toLocaleString", "toString", "valueOf",
}

// identifier matches what can be a name of a property without quotes.
var identifier = regexp.MustCompile(`^[\p{L}_$][\p{L}\p{Nd}_$]*$`)

// property writes the name of a member.
func property(name string) string {
	if identifier.MatchString(name) {
		return name
	}
	return literal(name)
}

// member refers to a member.
func member(of, name string) string {
	if identifier.MatchString(name) {
		return of + "." + name
	}
	return of + "[" + literal(name) + "]"
}

// camel makes the name of a parameter of one on the wire: "xRequestId" of
// "X-Request-Id", "pageSize" of "page_size".
func camel(name string) string {
	words := wire.Words(name)
	var b strings.Builder
	for i, word := range words {
		if word == strings.ToUpper(word) && (len(words) > 1 || len([]rune(word)) > 1) {
			word = strings.ToLower(word)
		}
		if i == 0 {
			b.WriteString(wire.Lower(word))
			continue
		}
		b.WriteString(wire.Upper(word))
	}
	switch text := b.String(); {
	case text == "":
		return "value"
	case unicode.IsDigit(rune(text[0])):
		return "_" + text
	default:
		return text
	}
}
