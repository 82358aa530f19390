package openapi

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"

	yaml "github.com/oasdiff/yaml3"
)

// A shape is one kind of object in a document: the members that are read first,
// in order, and the kinds of what it holds. Other members follow in their own
// order, which is that of the alphabet.
type shape struct {
	first  []string
	inside map[string]string // kind of a member; "*kind" of objects by name or in a list
}

// shapes are the kinds of objects, each written in the order in which it is
// best read: what it is, then its details.
var shapes = map[string]shape{
	"document": {
		[]string{"openapi", "info", "servers", "tags", "security", "paths", "components"},
		map[string]string{"info": "info", "servers": "*server", "tags": "*tag", "paths": "*path", "components": "components"},
	},
	"info":   {[]string{"title", "version", "description"}, nil},
	"server": {[]string{"url", "description"}, nil},
	"tag":    {[]string{"name", "description"}, nil},
	"path": {
		[]string{"get", "head", "post", "put", "patch", "delete", "options", "trace"},
		map[string]string{
			"get": "operation", "head": "operation", "post": "operation", "put": "operation", "patch": "operation",
			"delete": "operation", "options": "operation", "trace": "operation",
			"x-get": "*operation", "x-head": "*operation", "x-post": "*operation", "x-put": "*operation", "x-patch": "*operation",
			"x-delete": "*operation", "x-options": "*operation", "x-trace": "*operation",
			"x-connect": "operation", "x-query": "operation", "x-more-connect": "*operation", "x-more-query": "*operation",
		},
	},
	"operation": {
		[]string{
			"tags", "summary", "description", "operationId", "deprecated", "servers", "security",
			"parameters", "requestBody", "responses",
		},
		map[string]string{"servers": "*server", "parameters": "*parameter", "requestBody": "body", "responses": "*response"},
	},
	"parameter": {
		[]string{"name", "in", "description", "required", "deprecated", "style", "explode", "schema"},
		map[string]string{"schema": "schema"},
	},
	"body":     {[]string{"description", "required", "content"}, map[string]string{"content": "*media"}},
	"response": {[]string{"description", "headers", "content"}, map[string]string{"headers": "*parameter", "content": "*media"}},
	"media":    {[]string{"schema"}, map[string]string{"schema": "schema", "x-item-schema": "schema"}},
	"components": {
		[]string{"schemas", "securitySchemes"},
		map[string]string{"schemas": "*schema", "securitySchemes": "*scheme"},
	},
	"scheme": {[]string{"type", "scheme", "bearerFormat", "in", "name", "description"}, nil},
	"schema": {
		[]string{
			"$ref", "title", "description", "deprecated", "type", "format", "enum", "const", "pattern",
			"contentEncoding", "contentMediaType", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf",
			"minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
			"default", "examples", "allOf", "anyOf", "oneOf", "not", "discriminator",
			"items", "prefixItems", "required", "properties", "propertyNames", "additionalProperties",
		},
		map[string]string{
			"allOf": "*schema", "anyOf": "*schema", "oneOf": "*schema", "not": "schema", "discriminator": "discriminator",
			"items": "schema", "prefixItems": "*schema", "properties": "*schema", "propertyNames": "schema",
			"additionalProperties": "schema",
		},
	},
	"discriminator": {[]string{"propertyName", "mapping"}, nil},
}

// fieldOrder is the extension of a schema that lists its properties as the
// fields of the struct stand. It is for arrange alone.
const fieldOrder = "x-field-order"

// arrange reads a document and brings its members into order.
func arrange(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	root := doc.Content[0]
	arrangeAs(root, "document")
	plain(root)
	return root, nil
}

// arrangeAs brings the members of an object of one kind into order, and those of
// what it holds.
func arrangeAs(node *yaml.Node, kind string) {
	if name, many := cutStar(kind); many {
		for i, item := range node.Content {
			if node.Kind == yaml.SequenceNode || i%2 == 1 {
				arrangeAs(item, name)
			}
		}
		return
	}
	if node.Kind != yaml.MappingNode {
		return
	}
	of := shapes[kind]
	if fields := take(node, fieldOrder); fields != nil {
		if properties := member(node, "properties"); properties != nil {
			var names []string
			for _, name := range fields.Content {
				names = append(names, name.Value)
			}
			sortMembers(properties, names)
		}
	}
	sortMembers(node, of.first)
	for i := 0; i < len(node.Content); i += 2 {
		if inside := of.inside[node.Content[i].Value]; inside != "" {
			arrangeAs(node.Content[i+1], inside)
		}
	}
}

func cutStar(kind string) (string, bool) {
	if kind[0] == '*' {
		return kind[1:], true
	}
	return kind, false
}

// sortMembers puts some members first. The others stay as they are.
func sortMembers(node *yaml.Node, first []string) {
	type pair struct{ name, value *yaml.Node }
	var pairs []pair
	for i := 0; i < len(node.Content); i += 2 {
		pairs = append(pairs, pair{node.Content[i], node.Content[i+1]})
	}
	rank := func(p pair) int {
		if i := slices.Index(first, p.name.Value); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return rank(a) - rank(b) })
	node.Content = node.Content[:0]
	for _, p := range pairs {
		node.Content = append(node.Content, p.name, p.value)
	}
}

// member returns the value of a member, or nil.
func member(node *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}

// take removes a member and returns its value, or nil.
func take(node *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			value := node.Content[i+1]
			node.Content = slices.Delete(node.Content, i, i+2)
			return value
		}
	}
	return nil
}

// plain takes the braces and quotes of JSON away. What older versions of YAML
// would take for something else than text keeps them.
func plain(node *yaml.Node) {
	node.Style = 0
	if node.Kind == yaml.ScalarNode && (node.Tag == "!!str" || node.Tag == "!!merge") && oldYAML.MatchString(node.Value) {
		node.Tag, node.Style = "!!str", yaml.DoubleQuotedStyle
	}
	if len(node.Content) == 0 && node.Kind != yaml.ScalarNode {
		node.Style = yaml.FlowStyle
	}
	for _, inner := range node.Content {
		plain(inner)
	}
}

// oldYAML matches what means something in YAML 1.1: booleans, numbers to the
// base 60, merge keys and line breaks of Unicode.
var oldYAML = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|<<)$|^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$|[\x{85}\x{2028}\x{2029}]`)

// writeJSON writes a document that has been arranged.
func writeJSON(buf *bytes.Buffer, node *yaml.Node) {
	switch node.Kind {
	case yaml.MappingNode:
		buf.WriteByte('{')
		for i := 0; i < len(node.Content); i += 2 {
			if i > 0 {
				buf.WriteByte(',')
			}
			writeString(buf, node.Content[i].Value)
			buf.WriteByte(':')
			writeJSON(buf, node.Content[i+1])
		}
		buf.WriteByte('}')
	case yaml.SequenceNode:
		buf.WriteByte('[')
		for i, item := range node.Content {
			if i > 0 {
				buf.WriteByte(',')
			}
			writeJSON(buf, item)
		}
		buf.WriteByte(']')
	default:
		if node.Tag == "!!str" {
			writeString(buf, node.Value)
			return
		}
		buf.WriteString(node.Value) // as JSON has it
	}
}

func writeString(buf *bytes.Buffer, text string) {
	encoder := json.NewEncoder(buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string
	buf.Truncate(buf.Len() - 1)
}
