package openapi

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	yaml "github.com/oasdiff/yaml3"
)

// unordered has texts that YAML takes for something else unless they are quoted.
const unordered = `{
	"components": {"schemas": {"T": {"x-field-order": ["z", "y", "<<"], "properties": {
		"<<": {"items": {"enum": ["no", "12:30:00", "0x1F", "null", "1e3", "true", "", "a: b", "- c", "#d", "ümlaut\nline", " e ", "\u2028"]}, "type": "array"},
		"more": {"maximum": 1e+21, "minimum": 9007199254740993, "default": {"b": 1, "a": {"type": "x", "description": "y"}}},
		"y": {}, "z": {"allOf": [{"type": "string", "description": "d"}]}
	}, "type": "object"}}},
	"paths": {"/a": {"x-get": [{"responses": {}, "operationId": "g"}], "x-query": {"responses": {}, "operationId": "q"}, "get": {
		"responses": {"200": {"headers": {"X-B": {"schema": {"type": "string", "description": "h"}, "description": "hd"}}, "description": "ok"}},
		"parameters": [], "operationId": "a", "tags": ["t"]
	}}},
	"info": {"version": "1.0", "title": "T"}, "openapi": "3.1.1"
}`

const ordered = `openapi: 3.1.1
info:
  title: T
  version: "1.0"
paths:
  /a:
    get:
      tags:
        - t
      operationId: a
      parameters: []
      responses:
        "200":
          description: ok
          headers:
            X-B:
              description: hd
              schema:
                description: h
                type: string
    x-get:
      - operationId: g
        responses: {}
    x-query:
      operationId: q
      responses: {}
components:
  schemas:
    T:
      type: object
      properties:
        z:
          allOf:
            - description: d
              type: string
        "y": {}
        "<<":
          type: array
          items:
            enum:
              - "no"
              - "12:30:00"
              - "0x1F"
              - "null"
              - "1e3"
              - "true"
              - ""
              - 'a: b'
              - '- c'
              - '#d'
              - |-
                ümlaut
                line
              - ' e '
              - "\L"
        more:
          minimum: 9007199254740993
          maximum: 1e+21
          default:
            b: 1
            a:
              type: x
              description: "y"
`

func TestArrange(t *testing.T) {
	root, err := arrange([]byte(unordered))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ordered, text.String()); diff != "" {
		t.Errorf("YAML (-want +got):\n%s", diff)
	}
	want := decoded(t, []byte(unordered))
	delete(want["components"].(map[string]any)["schemas"].(map[string]any)["T"].(map[string]any), fieldOrder)
	var again bytes.Buffer
	writeJSON(&again, root)
	if diff := cmp.Diff(want, decoded(t, again.Bytes())); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	var fromYAML map[string]any
	if err := yaml.Unmarshal(text.Bytes(), &fromYAML); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want["paths"], decoded(t, asJSON)["paths"]); diff != "" {
		t.Errorf("paths of the YAML (-want +got):\n%s", diff)
	}
}

func decoded(t *testing.T, text []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v map[string]any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestShapes wants every kind that is referred to.
func TestShapes(t *testing.T) {
	for name, of := range shapes {
		for member, kind := range of.inside {
			kind, _ = cutStar(kind)
			if _, ok := shapes[kind]; !ok {
				t.Errorf("%s has the member %s of the unknown kind %s", name, member, kind)
			}
		}
	}
}

func TestTags(t *testing.T) {
	b := newBuilder(nil)
	b.doc.Info = &openapi3.Info{Description: "All of it."}
	b.tag("b", "")
	b.tag("a", "All of it.")
	b.tag("b", "Bees.")
	b.tag("b", "")
	b.addTags()
	want := openapi3.Tags{{Name: "a"}, {Name: "b", Description: "Bees."}}
	if diff := cmp.Diff(want, b.doc.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}
