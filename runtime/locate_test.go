package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// period decodes itself from a smaller struct, so that an offset in its error
// counts from its own beginning, and refuses what is not complete.
type period struct{ from, to int }

func (p *period) UnmarshalJSON(data []byte) error {
	var v struct{ From, To *int }
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v.From == nil || v.To == nil {
		return errors.New("period: incomplete")
	}
	if *v.From > *v.To {
		return Errorf(http.StatusUnprocessableEntity, "must not end before it begins")
	}
	p.from, p.to = *v.From, *v.To
	return nil
}

type located struct {
	A      []int
	B      map[string]*located
	When   []time.Time
	During []period
	Level  level
	Addr   netip.Addr
	Bytes  []byte
	Flag   bool
	Pair   [2]uint8
	Any    any
	Float  float64
	Int64  int64
	Uint16 uint16
	Keys   map[int8]string
	Number json.Number
	Quoted int `json:",string"`
	Opt    Optional[Nullable[[]located]]
	*Embedded
}

type Embedded struct{ Inner string }

func TestLocate(t *testing.T) {
	tests := []struct {
		body, pointer, detail string
	}{
		{`{"a":[1,"x",3]}`, "/a/1", "must be an integer"},
		{`{"a":[1,2,3],"b":{"k":{"a":[4]},"l":{"a":[true]}}}`, "/b/l/a/0", "must be an integer"},
		{` { "a" : [ 1 , 2.5 ] } `, "/a/1", "must be an integer"},
		{`{"a":{"x":[]}}`, "/a", "must be an array"},
		{`{"a":"x"}`, "/a", "must be an array"},
		{`{"b":[{}]}`, "/b", "must be an object"},
		{`{"b":{"":1}}`, "/b/", "must be an object"},
		{`{"b":{"a\nb":[]}}`, "/b/a\nb", "must be an object"},
		{`{"Inner":1}`, "/Inner", "must be a string"},
		{`{"bytes":1}`, "/bytes", "must be a base64 string"},
		{`{"bytes":"?"}`, "/bytes", "must be a base64 string"},
		{`{"flag":"true"}`, "/flag", "must be true or false"},
		{`{"pair":{}}`, "/pair", "must be an array"},
		{`{"pair":[1,-1]}`, "/pair/1", "must be between 0 and 255"},
		{`{"pair":[1,256]}`, "/pair/1", "must be between 0 and 255"},
		{`{"any":[{"x":1e999}]}`, "/any/0/x", "is out of range"},
		{`{"float":1e999}`, "/float", "is out of range"},
		{`{"float":"1"}`, "/float", "must be a number"},
		{`{"int64":9223372036854775808}`, "/int64", "must be between -9223372036854775808 and 9223372036854775807"},
		{`{"uint16":65536}`, "/uint16", "must be between 0 and 65535"},
		{`{"keys":{"1":"a","300":"b"}}`, "/keys/300", "must be between -128 and 127"},
		{`{"keys":{"1":"a","x":"b"}}`, "/keys/x", "must be an integer"},
		{`{"addr":7}`, "/addr", "must be a string"},
		{`{"addr":"1.2.3"}`, "/addr", "is not valid"},
		{`{"level":"low","addr":"x"}`, "/addr", "is not valid"},
		{`{"level":"medium"}`, "/level", "is not valid"},
		{`{"when":["2020-01-02T03:04:05Z","soon"]}`, "/when/1", "must be a time such as 2006-01-02T15:04:05Z"},
		{`{"during":[{"from":1,"to":2},{"from":3,"to":2}]}`, "/during/1", "must not end before it begins"},
		{`{"during":[{"from":1,"to":2},{"from":3}]}`, "/during/1", "is not valid"},
		{`{"during":[{"from":1,"to":2}],"level":"x"}`, "/level", "is not valid"},
		{`{"a":[10,20,30],"during":[{"from":1,"to":"x"}]}`, "/during/0", "must be an integer"},
		{`{"opt":[{"a":[]},{"a":[1,"x"]}]}`, "/opt/1/a/1", "must be an integer"},
		{`{"opt":"x"}`, "/opt", "must be an array"},
		{`{"quoted":"x"}`, "/quoted", "is not valid"},
		{`{"number":true}`, "/number", "must be a number"},
		{`{"number":"x"}`, "/number", "is not valid"},
		{`[]`, "", "must be an object"},
		{`"x"`, "", "must be an object"},
		{`7`, "", "must be an object"},
		{`{"a":["x","y"],"flag":1}`, "/a/0", "must be an integer"},
	}
	for _, test := range tests {
		t.Run(test.body, func(t *testing.T) {
			in := NewInput(nil, postJSON(test.body))
			var v located
			err := in.ReadJSON(&v, NoLimit)
			if StatusOf(err) != 422 {
				t.Fatalf("status %d: %v", StatusOf(err), err)
			}
			rejection, _ := errors.AsType[*Rejection](err)
			p := rejection.Problems()[0]
			if p.In != "body" || p.Name != test.pointer {
				t.Errorf("got %q in the %s, want %q", p.Name, p.In, test.pointer)
			}
			if p.Detail != test.detail && !strings.Contains(test.body, "quoted") && !strings.Contains(test.body, `"number":"`) {
				t.Errorf("detail is %q, want %q", p.Detail, test.detail)
			}
			if strings.Contains(err.Error(), "json") || strings.Contains(err.Error(), "runtime.") {
				t.Errorf("the error shows %q", err)
			}
			if in.Failed() {
				t.Error("the problem is gathered as well")
			}
		})
	}
}

// TestLocateInLargeBody checks that an offset is used whatever the length, and
// that looking for a value without one ends.
func TestLocateInLargeBody(t *testing.T) {
	numbers := `"a":[` + strings.Repeat("1,", 100_000) + `1]`
	tests := []struct{ name, body, pointer string }{
		{"offset", `{` + numbers + `,"b":{"x":{"a":[1,"x"]}}}`, "/b/x/a/1"},
		{"no offset", `{` + numbers + `,"level":"x"}`, ""},
		{"no offset, small", `{"a":[` + strings.Repeat("1,", 8000) + `1],"level":"x"}`, "/level"},
		{"no offset, deep", strings.Repeat(`{"b":{"k":`, 500) + `{"level":"x"}` + strings.Repeat(`}}`, 500), "/b/k/b/k/b/k/b/k/b/k"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var v located
			in := NewInput(nil, postJSON(test.body))
			rejection, ok := errors.AsType[*Rejection](in.ReadJSON(&v, NoLimit))
			if !ok {
				t.Fatal("no error")
			}
			got := rejection.Problems()[0].Name
			if got != test.pointer && !(test.name == "no offset, deep" && strings.HasPrefix(got, test.pointer)) {
				t.Errorf("got %q, want %q", got, test.pointer)
			}
		})
	}
}

// TestDecodedIsNotShared checks that what was decoded does not change when the
// buffer of the body is used again.
func TestDecodedIsNotShared(t *testing.T) {
	var v struct {
		S string
		R json.RawMessage
		B []byte
		N json.Number
	}
	in := NewInput(nil, postJSON(`{"S":"aaaa","R":[1,2],"B":"YWFh","N":12}`))
	if err := in.ReadJSON(&v, NoLimit); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		other := NewInput(nil, postJSON(strings.Repeat(" ", 100)+`{}`))
		if err := other.ReadJSON(&struct{}{}, NoLimit); err != nil {
			t.Fatal(err)
		}
	}
	if v.S != "aaaa" || string(v.R) != "[1,2]" || !bytes.Equal(v.B, []byte("aaa")) || v.N != "12" {
		t.Errorf("got %+v", v)
	}
}
