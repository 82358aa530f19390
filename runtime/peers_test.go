package runtime

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The tables in this file have one row for each case in which the frameworks
// that were compared with disagree.

// level is a named string that knows which texts it can be.
type level string

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low", "high":
		*l = level(text)
		return nil
	}
	return errors.New("level: want low or high")
}

type uuid [16]byte

func (u *uuid) UnmarshalText(text []byte) error {
	if !IsUUID(string(text)) {
		return Errorf(http.StatusBadRequest, "must be a UUID")
	}
	u[0] = text[0]
	return nil
}

// readOne reads the value named v of the query as an adapter does.
func readOne[T any](read func(*Input, Param) T) func(in *Input) any {
	return func(in *Input) any {
		v := QueryParam("v")
		for pair := in.Query(); pair.Next(); {
			if pair.Name() == "v" {
				v.Set(pair.Value())
			}
		}
		return read(in, v)
	}
}

func readPointer[T any](read func(*Input, Param) T) func(in *Input) any {
	return func(in *Input) any {
		v := QueryParam("v")
		for pair := in.Query(); pair.Next(); {
			if pair.Name() == "v" {
				v.Set(pair.Value())
			}
		}
		if !v.Present() {
			return (*T)(nil)
		}
		value := read(in, v)
		return &value
	}
}

func readList[T any](read func(*Input, Param) T) func(in *Input) any {
	return func(in *Input) any {
		var list []T
		for pair := in.Query(); pair.Next(); {
			if pair.Name() == "v" {
				list = append(list, read(in, pair.Param()))
			}
		}
		return list
	}
}

func TestQueryValues(t *testing.T) {
	var (
		int8s     = readOne(ReadInt[int8])
		ints      = readOne(ReadInt[int])
		int64s    = readOne(ReadInt[int64])
		uint8s    = readOne(ReadUint[uint8])
		uint64s   = readOne(ReadUint[uint64])
		float32s  = readOne(ReadFloat[float32])
		float64s  = readOne(ReadFloat[float64])
		bools     = readOne(ReadBool[bool])
		strs      = readOne(ReadString[string])
		times     = readOne(ReadTime)
		durations = readOne(ReadDuration)
		urls      = readOne(ReadURL)
		ips       = readOne(ReadAddr[net.IP])
		addrs     = readOne(ReadAddr[netip.Addr])
		ports     = readOne(ReadAddr[netip.AddrPort])
		prefixes  = readOne(ReadAddr[netip.Prefix])
		levels    = readOne(ReadText[level])
		uuids     = readOne(ReadText[uuid])
	)
	date := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	three := 3

	tests := []struct {
		name   string
		query  string
		read   func(*Input) any
		want   any    // when there is no problem
		detail string // of the problem
	}{
		{"int8", "v=127", int8s, int8(127), ""},
		{"int8 minimum", "v=-128", int8s, int8(-128), ""},
		{"int8 too large", "v=300", int8s, nil, "must be between -128 and 127"},
		{"int8 too small", "v=-129", int8s, nil, "must be between -128 and 127"},
		{"int8 beyond int64", "v=99999999999999999999", int8s, nil, "must be between -128 and 127"},
		{"int8 beyond uint64 by much", "v=1" + strings.Repeat("0", 60), int8s, nil, "must be between -128 and 127"},
		{"int64 maximum", "v=9223372036854775807", int64s, int64(9223372036854775807), ""},
		{"int64 minimum", "v=-9223372036854775808", int64s, int64(-9223372036854775808), ""},
		{"int64 too large", "v=9223372036854775808", int64s, nil, "must be between -9223372036854775808 and 9223372036854775807"},
		{"int64 too small", "v=-9223372036854775809", int64s, nil, "must be between -9223372036854775808 and 9223372036854775807"},
		{"uint8 too large", "v=256", uint8s, nil, "must be between 0 and 255"},
		{"uint8 negative", "v=-1", uint8s, nil, "must be between 0 and 255"},
		{"uint8 negative zero", "v=-0", uint8s, nil, "must be between 0 and 255"},
		{"uint8 plus", "v=%2B1", uint8s, nil, "must be an integer"},
		{"uint64 maximum", "v=18446744073709551615", uint64s, uint64(18446744073709551615), ""},
		{"uint64 too large", "v=18446744073709551616", uint64s, nil, "must be between 0 and 18446744073709551615"},
		{"float32 too large", "v=1e40", float32s, nil, "is out of range"},
		{"float64 too large", "v=1e400", float64s, nil, "is out of range"},
		{"float32 rounded", "v=0.1", float32s, float32(0.1), ""},
		{"NaN", "v=NaN", float64s, nil, "must be a number"},
		{"Inf", "v=Inf", float64s, nil, "must be a number"},
		{"infinity", "v=-infinity", float32s, nil, "must be a number"},
		{"empty float", "v=", float64s, nil, "must be a number"},
		{"empty int", "v=", int8s, nil, "must be an integer"},
		{"empty uint", "v=", uint8s, nil, "must be an integer"},
		{"empty without equals sign", "v", int8s, nil, "must be an integer"},
		{"leading space", "v=%201", int8s, nil, "must be an integer"},
		{"leading space as plus", "v=+1", int8s, nil, "must be an integer"},
		{"trailing space", "v=1%20", int8s, nil, "must be an integer"},
		{"plus sign", "v=%2B1", int8s, int8(1), ""},
		{"sign alone", "v=-", int8s, nil, "must be an integer"},
		{"two signs", "v=--1", int8s, nil, "must be an integer"},
		{"hexadecimal int", "v=0x10", ints, nil, "must be an integer"},
		{"underscore", "v=1_000", ints, nil, "must be an integer"},
		{"leading zero", "v=010", ints, 10, ""},
		{"decimals", "v=1.0", ints, nil, "must be an integer"},
		{"other digits", "v=%D9%A1", ints, nil, "must be an integer"},
		{"hexadecimal float", "v=0x1p-2", float64s, 0.25, ""},
		{"given twice", "v=1&v=2", int8s, nil, "is given more than once"},
		{"given twice with the same value", "v=1&v=1", int8s, nil, "is given more than once"},
		{"wrong case", "V=5", int8s, nil, "is missing"},
		{"missing", "", int8s, nil, "is missing"},
		{"missing uint", "", uint8s, nil, "is missing"},
		{"missing float", "", float64s, nil, "is missing"},
		{"missing bool", "", bools, nil, "is missing"},
		{"missing string", "", strs, nil, "is missing"},
		{"missing time", "", times, nil, "is missing"},
		{"missing duration", "", durations, nil, "is missing"},
		{"missing url", "", urls, nil, "is missing"},
		{"missing address", "", addrs, nil, "is missing"},
		{"missing text", "", levels, nil, "is missing"},
		{"int16 too large", "v=32768", readOne(ReadInt[int16]), nil, "must be between -32768 and 32767"},
		{"int32 too small", "v=-2147483649", readOne(ReadInt[int32]), nil, "must be between -2147483648 and 2147483647"},
		{"uint16 too large", "v=65536", readOne(ReadUint[uint16]), nil, "must be between 0 and 65535"},
		{"uint32 too large", "v=4294967296", readOne(ReadUint[uint32]), nil, "must be between 0 and 4294967295"},
		{"named int", "v=7", readOne(ReadInt[time.Month]), time.July, ""},
		{"unknown name", "v=1&x=2", int8s, int8(1), ""},
		{"escaped name", "%76=1", int8s, int8(1), ""},
		{"string list", "v=a&v=b", readList(ReadString[string]), []string{"a", "b"}, ""},
		{"string list with comma", "v=a,b", readList(ReadString[string]), []string{"a,b"}, ""},
		{"string list, empty", "v=", readList(ReadString[string]), []string{""}, ""},
		{"string list, absent", "", readList(ReadString[string]), []string(nil), ""},
		{"int list", "v=1&v=2", readList(ReadInt[int]), []int{1, 2}, ""},
		{"int list, second bad", "v=1&v=b", readList(ReadInt[int]), nil, "must be an integer"},
		{"string", "v=a%20b+c", strs, "a b c", ""},
		{"string, empty", "v=", strs, "", ""},
		{"bool", "v=true", bools, true, ""},
		{"bool 1", "v=1", bools, true, ""},
		{"bool F", "v=F", bools, false, ""},
		{"bool yes", "v=yes", bools, nil, "must be true or false"},
		{"bool empty", "v=", bools, nil, "must be true or false"},
		{"date", "v=2020-01-02", times, date("2020-01-02T00:00:00Z"), ""},
		{"time", "v=2020-01-02T03:04:05.678Z", times, date("2020-01-02T03:04:05.678Z"), ""},
		{"time with zone", "v=2020-01-02T03:04:05%2B02:00", times, date("2020-01-02T03:04:05+02:00"), ""},
		{"time without zone", "v=2020-01-02T03:04:05", times, nil, "must be a time such as 2006-01-02T15:04:05Z, or a date"},
		{"time, no such day", "v=2020-02-30", times, nil, "must be a time such as 2006-01-02T15:04:05Z, or a date"},
		{"time, empty", "v=", times, nil, "must be a time such as 2006-01-02T15:04:05Z, or a date"},

		{"duration", "v=5s", durations, 5 * time.Second, ""},
		{"duration without unit", "v=5", durations, nil, "must be a duration such as 5s or 1h30m"},
		{"duration, empty", "v=", durations, nil, "must be a duration such as 5s or 1h30m"},
		{"net.IP", "v=127.0.0.1", ips, net.ParseIP("127.0.0.1"), ""},
		{"net.IP, bad", "v=127.0.0", ips, nil, "must be an IP address"},
		{"net.IP, empty", "v=", ips, nil, "must be an IP address"},
		{"netip.Addr", "v=::1", addrs, netip.MustParseAddr("::1"), ""},
		{"netip.Addr, empty", "v=", addrs, nil, "must be an IP address"},
		{"netip.AddrPort", "v=[::1]:80", ports, netip.MustParseAddrPort("[::1]:80"), ""},
		{"netip.AddrPort without port", "v=::1", ports, nil, "must be an IP address and a port"},
		{"netip.Prefix", "v=10.0.0.0/8", prefixes, netip.MustParsePrefix("10.0.0.0/8"), ""},
		{"netip.Prefix, bad", "v=10.0.0.0", prefixes, nil, "must be an IP prefix such as 192.0.2.0/24"},
		{"url", "v=https://example.com/a?b=c", urls, url.URL{Scheme: "https", Host: "example.com", Path: "/a", RawQuery: "b=c"}, ""},
		{"url, bad", "v=%3A%2F%2Fx", urls, nil, "must be a URL"},
		{"url, empty", "v=", urls, nil, "must be a URL"},
		{"uuid", "v=a0000000-0000-0000-0000-000000000000", uuids, uuid{'a'}, ""},
		{"uuid, bad", "v=a", uuids, nil, "must be a UUID"},
		{"named string that reads itself", "v=low", levels, level("low"), ""},
		{"named string that reads itself, bad", "v=medium", levels, nil, "is not valid"},
		{"named string that reads itself, empty", "v=", levels, nil, "is not valid"},
		{"list of those", "v=low&v=high", readList(ReadText[level]), []level{"low", "high"}, ""},
		{"list of those, bad", "v=low&v=x", readList(ReadText[level]), nil, "is not valid"},
		{"pointer", "v=3", readPointer(ReadInt[int]), &three, ""},
		{"pointer, absent", "", readPointer(ReadInt[int]), (*int)(nil), ""},
		{"pointer, bad", "v=x", readPointer(ReadInt[int]), nil, "must be an integer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/?"+test.query, nil)
			in := NewInput(httptest.NewRecorder(), r)
			got := test.read(&in)
			if test.detail != "" {
				want := Problem{In: "query", Name: "v", Detail: test.detail}
				if test.detail == "is missing" {
					want.Rule = "required"
				}
				wantProblem(t, in.Err(), want)
				return
			}
			if err := in.Err(); err != nil {
				t.Fatalf("%s: %v", test.query, err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("%s is read as %#v, want %#v", test.query, got, test.want)
			}
		})
	}
}

// wantProblem checks that err is a rejection with that one problem.
func wantProblem(t *testing.T, err error, want Problem) {
	t.Helper()
	var rejection *Rejection
	if !errors.As(err, &rejection) {
		t.Fatalf("got error %v, want a problem %v", err, want)
	}
	if got := rejection.Problems(); len(got) != 1 || got[0] != want {
		t.Errorf("got problems %v, want %v", got, want)
	}
}

func TestMalformedQuery(t *testing.T) {
	for _, query := range []string{"v=%zz", "v=1&x=%", "v=1;x=2", "v=1&%4=x", "v=1&x=%4", "v=1&;"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = query
		in := NewInput(httptest.NewRecorder(), r)
		for pair := in.Query(); pair.Next(); {
			_ = pair.Value()
		}
		wantProblem(t, in.Err(), Problem{In: "query", Detail: "malformed query"})

		in = NewInput(httptest.NewRecorder(), r)
		in.Values()
		wantProblem(t, in.Err(), Problem{In: "query", Detail: "malformed query"})
	}
}

func TestJSONBody(t *testing.T) {
	const good = `{"name":"n","items":[{"sku":"a","qty":1}]}`
	long := `{"name":"` + strings.Repeat("x", int(DefaultBodyLimit)) + `"}`
	tests := []struct {
		name        string
		contentType string
		body        string
		status      int
		want        string // part of the answer
	}{
		{"json", "application/json", good, 201, `"name":"n"`},
		{"charset", "application/json; charset=utf-8", good, 201, ""},
		{"odd charset", "application/json;charset=latin1", good, 201, ""},
		{"space before the parameter", "application/json ; charset=utf-8", good, 201, ""},
		{"suffix", "application/vnd.x+json", good, 201, ""},
		{"suffix in odd case", "Application/Problem+JSON", good, 201, ""},
		{"odd case", "Application/JSON", good, 201, ""},
		{"no content type", "", good, 415, `"detail":"the Content-Type must be application/json"`},
		{"text", "text/plain", good, 415, ""},
		{"text/json", "text/json", good, 415, ""},
		{"suffix alone", "application/+json", good, 415, ""},
		{"suffix of a suffix", "application/json+xml", good, 415, ""},
		{"starts like it", "application/jsonp", good, 415, ""},
		{"two types", "text/plain, application/json", good, 415, ""},
		{"no type", ";;", good, 415, ""},
		{"any", "*/*", good, 415, ""},
		{"unknown member", "application/json", `{"name":"n","other":1}`, 201, ""},
		{"name in other case", "application/json", `{"NAME":"n"}`, 201, `"name":"n"`},
		{"name twice", "application/json", `{"name":"a","name":"b"}`, 201, `"name":"b"`},
		{"second value", "application/json", good + good, 400, `"detail":"the body is not JSON at line 1, column 43"`},
		{"garbage after", "application/json", good + "\n x", 400, `"detail":"the body is not JSON at line 2, column 2"`},
		{"space after", "application/json", good + " \r\n\t", 201, ""},
		{"empty", "application/json", "", 400, `"detail":"the body is empty"`},
		{"space", "application/json", " \n", 400, `"detail":"the body is empty"`},
		{"truncated", "application/json", good[:20], 400, `"detail":"the body ends in the middle of its JSON"`},
		{"syntax", "application/json", `{"name":n}`, 400, `"detail":"the body is not JSON at line 1, column `},
		{"null", "application/json", `null`, 422, `"name":"/name","detail":"is required"`},
		{"required missing", "application/json", `{}`, 422, `"name":"/name","detail":"is required"`},
		{"required null", "application/json", `{"name":null}`, 422, `"name":"/name","detail":"is required"`},
		{"required empty", "application/json", `{"name":""}`, 201, ""},
		{"required empty in other case", "application/json", `{"Name":""}`, 201, ""},
		{"invalid UTF-8", "application/json", "{\"name\":\"\xff\"}", 201, "\ufffd"},
		{"too large", "application/json", long, 413, `"detail":"the body must have at most 2097152 bytes"`},

		{"wrong type", "application/json", `{"name":1}`, 422, `{"in":"body","name":"/name","detail":"must be a string"}`},
		{"wrong type at the root", "application/json", `"x"`, 422, `{"in":"body","detail":"must be an object"}`},
		{"array for an object", "application/json", `[{}]`, 422, `{"in":"body","detail":"must be an object"}`},
		{"object for an array", "application/json", `{"items":{}}`, 422, `"name":"/items","detail":"must be an array"`},
		{"wrong type in an array", "application/json", `{"items":[{"qty":1},{"sku":"x","qty":"2"}]}`, 422, `"name":"/items/1/qty","detail":"must be an integer"`},
		{"element of wrong type", "application/json", `{"items":[{}, 3]}`, 422, `"name":"/items/1","detail":"must be an object"`},
		{"too large for int8", "application/json", `{"items":[{"qty":300}]}`, 422, `"name":"/items/0/qty","detail":"must be between -128 and 127"`},
		{"decimals for int8", "application/json", `{"items":[{"qty":1.5}]}`, 422, `"name":"/items/0/qty","detail":"must be an integer"`},
		{"too large for float32", "application/json", `{"weight":1e40}`, 422, `"name":"/weight","detail":"is out of range"`},
		{"in a map", "application/json", `{"labels":{"a/b":1,"c~d":true}}`, 422, `"name":"/labels/c~0d","detail":"must be an integer"`},
		{"name with escapes", "application/json", `{"labels":{"\u0061/\"":"x"}}`, 422, `"name":"/labels/a~1\"","detail":"must be an integer"`},
		{"below a pointer", "application/json", `{"parent":{"parent":{"items":[{"qty":[]}]}}}`, 422, `"name":"/parent/parent/items/0/qty","detail":"must be an integer"`},
		{"bad time", "application/json", `{"name":"x","due":"soon"}`, 422, `"name":"/due","detail":"must be a time such as 2006-01-02T15:04:05Z"`},
		{"number for a time", "application/json", `{"due":1}`, 422, `"name":"/due","detail":"`},
		{"optional of wrong type", "application/json", `{"items":[],"note":[1]}`, 422, `"name":"/note","detail":"must be a string"`},
		{"optional null", "application/json", `{"note":null}`, 422, `"name":"/note","detail":"must not be null"`},
		{"below an optional", "application/json", `{"tags":["a",2]}`, 422, `"name":"/tags/1","detail":"must be a string"`},
		{"nullable of wrong type", "application/json", `{"weight":"1"}`, 422, `"name":"/weight","detail":"must be a number"`},

		{"rules", "application/json", `{"name":"much too long","items":[{"sku":"a b"},{"sku":"c","qty":0}]}`, 422, `"errors":[` +
			`{"in":"body","name":"/name","detail":"must have at most 10 characters"},` +
			`{"in":"body","name":"/items/0/sku","detail":"must consist of letters and digits"},` +
			`{"in":"body","name":"/items/0/qty","detail":"is required"}]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := postJSON(test.body)
			r.Header.Set("Content-Type", test.contentType)
			if test.contentType == "" {
				r.Header.Del("Content-Type")
			}
			w := httptest.NewRecorder()
			serveOrder(w, r)
			got := w.Body.String()
			if w.Code != test.status || !strings.Contains(got, test.want) {
				t.Errorf("%s %.80s\ngot  %d %.300s\nwant %d …%s…", test.contentType, test.body, w.Code, got, test.status, test.want)
			}
			for _, leak := range []string{"runtime.", "json:", "Go struct", "int8 ", "cannot unmarshal", "invalid character"} {
				if strings.Contains(got, leak) {
					t.Errorf("%.300s shows %q", got, leak)
				}
			}
		})
	}
}
