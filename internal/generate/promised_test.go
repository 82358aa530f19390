package generate_test

import (
	"testing"

	"github.com/handlergen/handlergen/internal/proof"
)

// TestPromised sends to each case the requests that its OpenAPI document allows,
// and others that it forbids, made from its schemas. What is allowed has to be
// read, what is forbidden has to be refused, and every answer has to be one that
// the document promises.
func TestPromised(t *testing.T) {
	s := mustServed(t)
	addrs := s.start(t)
	var sent proof.Sent
	ran := 0
	for _, c := range s.cases {
		addr, served := addrs[c.name]
		if _, ok := undocumentedCases[c.name]; ok || !served {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			ran++
			sent.Add(s.document(t, c).Prove(t, proof.Target{Name: c.name, Addr: addr, Except: unpredictable}))
		})
	}
	t.Logf("%d requests that documents allow, of which %d succeeded; %d that they forbid",
		sent.Allowed, sent.Succeeded, sent.Forbidden)
	if ran < 100 {
		return // -run chose a few
	}
	if sent.Succeeded < 1000 || sent.Forbidden < 1000 {
		t.Errorf("only %d allowed and %d forbidden requests were made", sent.Succeeded, sent.Forbidden)
	}
	for name, reason := range unpredictable {
		if !sent.Excused[name] {
			t.Errorf("%s is no exception any more: %s", name, reason)
		}
	}
}

// unpredictable are the cases and operations that refuse requests for reasons
// that their documents cannot say.
var unpredictable = map[string]string{
	// What a document cannot know.
	"body/json_lines POST /tags":        "a Validate method has the last word",
	"body/json_lines POST /items":       "a Validate method has the last word",
	"validate/methods":                  "a Validate method has the last word",
	"validate/nested POST /orders":      "a Validate method has the last word",
	"extract/text_unmarshaler":          "a type with UnmarshalText has the last word on its texts",
	"extract/pointers GET /nil":         "a type with UnmarshalText has the last word on its texts",
	"extract/pointers GET /set":         "a type with UnmarshalText has the last word on its texts",
	"extract/times GET /stamp":          "a type with UnmarshalText has the last word on its texts",
	"extract/addresses GET /x":          "no format of JSON Schema is that of an address with a port, or of a prefix",
	"extract/defaults GET /x":           "no format of JSON Schema is that of a prefix",
	"body/json_kinds POST /x":           "no format of JSON Schema is that of an address as encoding/json reads it",
	"validate/maps POST /json":          "no format of JSON Schema is that of an address as encoding/json reads it",
	"extract/header GET /plain":         "OpenAPI ignores parameters named Authorization",
	"validate/presence POST /x":         "a member may be any JSON, and there has to be one",
	"middleware/params":                 "the handler asks for what is optional",
	"extract/optional GET /must":        "the handler asks for what is optional",
	"respond/redirect POST /temporary":  "the handler asks for what is optional",
	"validate/holders POST /x":          "an array that is too short is filled up with zero values, which the rules refuse",
	"extract/optional GET /struct":      "with one value of an optional struct the others have to be there",
	"extract/form GET /optional":        "with one value of an optional form the others have to be there",
	"name/embedded_names GET /x":        "two parameters read one name, one of them as a list",
	"robust/packages GET /admin/{rest}": "it is served by another package of the case",

	// What is read in spite of what the document says.
	"body/json_lines POST /all":           "what is wrong with a line is the handler's to answer",
	"body/json_lines POST /optional":      "what is wrong with a line is the handler's to answer",
	"body/json_lines POST /result":        "a runtime.Result takes what is refused otherwise",
	"extract/result":                      "a runtime.Result takes what is refused otherwise",
	"extract/multipart POST /attempt":     "a runtime.Result takes what is refused otherwise",
	"extract/combined POST /json":         "a runtime.Result takes what is refused otherwise",
	"extract/combined GET /result/{id}":   "a runtime.Result takes what is refused otherwise",
	"extract/optional_always GET /result": "a runtime.Result takes what is refused otherwise",
	"extract/provider_once GET /result":   "a runtime.Result takes what is refused otherwise",
}
