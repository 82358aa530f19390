package runtime

import (
	"encoding"
	"errors"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// The Read functions are for generated code. They turn the text of a [Param]
// into a value. What cannot be read becomes a problem of the Input, and the
// result is then the zero value: a text that is missing, was given more than
// once, or is not of the type.

type signed interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}

type unsigned interface {
	~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type float interface{ ~float32 | ~float64 }

// textReader is a pointer to a T that reads itself from a text.
type textReader[T any] interface {
	*T
	encoding.TextUnmarshaler
}

// ReadString returns the text of p, which may be empty.
func ReadString[T ~string](in *Input, p Param) T {
	if p.count != 1 {
		in.miss(p)
		return ""
	}
	return T(p.text)
}

// ReadBool reads what [strconv.ParseBool] accepts: 1, t, T, TRUE, true, True,
// 0, f, F, FALSE, false, False.
func ReadBool[T ~bool](in *Input, p Param) T {
	if p.count != 1 {
		in.miss(p)
		return false
	}
	switch p.text {
	case "1", "t", "T", "true", "TRUE", "True":
		return true
	case "0", "f", "F", "false", "FALSE", "False":
		return false
	}
	in.invalid(p, "must be true or false")
	return false
}

// ReadInt reads a decimal integer with an optional sign. One that T cannot hold
// is a problem.
func ReadInt[T signed](in *Input, p Param) T {
	if p.count != 1 {
		in.miss(p)
		return 0
	}
	n, verdict := parseInt(p.text)
	if verdict == wellFormed && int64(T(n)) == n {
		return T(n)
	}
	bits := 0
	if verdict != notANumber {
		bits = signedBits[T]()
	}
	in.invalid(p, intDetail(verdict, bits))
	return 0
}

// ReadUint reads a decimal integer without a sign. One that T cannot hold is a
// problem.
func ReadUint[T unsigned](in *Input, p Param) T {
	if p.count != 1 {
		in.miss(p)
		return 0
	}
	n, verdict := parseUint(p.text)
	if verdict == wellFormed && uint64(T(n)) == n {
		return T(n)
	}
	in.invalid(p, uintDetail(verdict, unsignedBits[T]()))
	return 0
}

// ReadFloat reads what [strconv.ParseFloat] accepts, except for NaN and
// infinities. A number that T cannot hold is a problem.
func ReadFloat[T float](in *Input, p Param) T {
	if p.count != 1 {
		in.miss(p)
		return 0
	}
	f, detail := parseFloat(p.text, floatBits[T]())
	if detail != "" {
		in.invalid(p, detail)
	}
	return T(f)
}

// ReadTime reads a time as RFC 3339 defines it, or a date, which is its
// midnight in UTC: 2006-01-02T15:04:05Z, 2006-01-02.
func ReadTime(in *Input, p Param) time.Time {
	if p.count != 1 {
		in.miss(p)
		return time.Time{}
	}
	t, ok := parseTime(p.text)
	if !ok {
		in.invalid(p, "must be a time such as 2006-01-02T15:04:05Z, or a date")
	}
	return t
}

// ReadDuration reads what [time.ParseDuration] accepts: 1h30m, 5s, 0. A number
// needs a unit.
func ReadDuration(in *Input, p Param) time.Duration {
	if p.count != 1 {
		in.miss(p)
		return 0
	}
	d, err := time.ParseDuration(p.text)
	if err != nil {
		in.invalid(p, "must be a duration such as 5s or 1h30m")
		return 0
	}
	return d
}

// ReadURL reads a URL or a reference to one, by the rules of [url.Parse]. It
// may not be empty.
func ReadURL(in *Input, p Param) url.URL {
	if p.count != 1 {
		in.miss(p)
		return url.URL{}
	}
	u, err := url.Parse(p.text)
	if err != nil || p.text == "" {
		in.invalid(p, "must be a URL")
		return url.URL{}
	}
	return *u
}

// ReadAddr reads a [net.IP], [netip.Addr], [netip.AddrPort] or [netip.Prefix].
// It may not be empty, which those types take for their zero value.
func ReadAddr[T any, P textReader[T]](in *Input, p Param) T {
	var value, none T
	if p.count != 1 {
		in.miss(p)
		return none
	}
	if p.text == "" || P(&value).UnmarshalText([]byte(p.text)) != nil {
		in.invalid(p, addrDetail(P(&value)))
		return none
	}
	return value
}

// ReadText reads a text, which may be empty, with the UnmarshalText method of
// *T. Its error is not shown to the client unless [Errorf] made it or it has a
// Status method.
func ReadText[T any, P textReader[T]](in *Input, p Param) T {
	var value, none T
	if p.count != 1 {
		in.miss(p)
		return none
	}
	if err := P(&value).UnmarshalText([]byte(p.text)); err != nil {
		in.refuse(p, err)
		return none
	}
	return value
}

// miss reports that p does not have exactly one text.
func (in *Input) miss(p Param) {
	if p.count == 0 {
		in.Invalid(p, ruleRequired, "is missing")
		return
	}
	in.invalid(p, "is given more than once")
}

// refuse reports that p is not valid, in the words of err if they are meant for
// the client.
func (in *Input) refuse(p Param, err error) {
	if in.cause == nil {
		in.cause = err
	}
	in.invalid(p, publicDetail(err))
}

// publicDetail returns the text of err if it was made for clients.
func publicDetail(err error) string {
	if public, ok := errors.AsType[statusCoder](err); ok && !isNil(public) && public.Status() < 500 {
		if text := public.Error(); text != "" {
			return text
		}
	}
	return "is not valid"
}

// A verdict says what became of a text that should be a number.
type verdict uint8

const (
	wellFormed verdict = iota
	outOfRange
	notANumber
)

// parseInt is strconv.ParseInt in base 10, without an error to allocate.
func parseInt(s string) (int64, verdict) {
	digits := s
	if s != "" && (s[0] == '-' || s[0] == '+') {
		digits = s[1:]
	}
	if len(digits) > 18 {
		return parseLongInt(s, digits)
	}
	var n int64
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, notANumber
		}
		n = n*10 + int64(c)
	}
	if digits == "" {
		return 0, notANumber
	}
	if s[0] == '-' {
		n = -n
	}
	return n, wellFormed
}

// parseLongInt is parseInt for so many digits that they may not fit.
func parseLongInt(s, digits string) (int64, verdict) {
	n, v := parseDigits(digits)
	switch {
	case v != wellFormed:
		return 0, v
	case s[0] == '-' && n <= 1<<63:
		return -int64(n), wellFormed
	case s[0] != '-' && n < 1<<63:
		return int64(n), wellFormed
	}
	return 0, outOfRange
}

// parseUint is strconv.ParseUint in base 10, without an error to allocate. A
// negative integer is out of range.
func parseUint(s string) (uint64, verdict) {
	if s != "" && s[0] == '-' {
		_, v := parseDigits(s[1:])
		return 0, max(v, outOfRange)
	}
	return parseDigits(s)
}

func parseDigits(s string) (uint64, verdict) {
	const cutoff = math.MaxUint64/10 + 1
	var n uint64
	v := wellFormed
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, notANumber
		}
		if n >= cutoff || n*10+uint64(c) < n*10 {
			v = outOfRange
		}
		n = n*10 + uint64(c)
	}
	if s == "" {
		return 0, notANumber
	}
	return n, v
}

func parseFloat(s string, bits int) (f float64, detail string) {
	f, err := strconv.ParseFloat(s, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, "is out of range"
	case err != nil, math.IsNaN(f), math.IsInf(f, 0):
		return 0, "must be a number"
	}
	return f, ""
}

func parseTime(s string) (time.Time, bool) {
	layout := time.RFC3339
	if len(s) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.Parse(layout, s)
	return t, err == nil
}

// signedBits returns the size of T in bits.
func signedBits[T signed]() int {
	bits := 8
	for bits < 64 && T(1)<<(bits-1) > 0 {
		bits *= 2
	}
	return bits
}

// unsignedBits returns the size of T in bits.
func unsignedBits[T unsigned]() int {
	bits := 8
	for bits < 64 && T(1)<<bits > 0 {
		bits *= 2
	}
	return bits
}

// floatBits returns the size of T in bits.
func floatBits[T float]() int {
	if f := 1e300; math.IsInf(float64(T(f)), 0) {
		return 32
	}
	return 64
}

// intDetail says what is wrong with a text that is no integer of that size.
func intDetail(v verdict, bits int) string {
	if v == notANumber {
		return "must be an integer"
	}
	switch bits {
	case 8:
		return "must be between -128 and 127"
	case 16:
		return "must be between -32768 and 32767"
	case 32:
		return "must be between -2147483648 and 2147483647"
	}
	return "must be between -9223372036854775808 and 9223372036854775807"
}

// uintDetail says what is wrong with a text that is no unsigned integer of that
// size.
func uintDetail(v verdict, bits int) string {
	if v == notANumber {
		return "must be an integer"
	}
	switch bits {
	case 8:
		return "must be between 0 and 255"
	case 16:
		return "must be between 0 and 65535"
	case 32:
		return "must be between 0 and 4294967295"
	}
	return "must be between 0 and 18446744073709551615"
}

// addrDetail says what a text should have been.
func addrDetail(pointer any) string {
	switch pointer.(type) {
	case *net.IP, *netip.Addr:
		return "must be an IP address"
	case *netip.AddrPort:
		return "must be an IP address and a port"
	case *netip.Prefix:
		return "must be an IP prefix such as 192.0.2.0/24"
	}
	return "is not valid"
}
