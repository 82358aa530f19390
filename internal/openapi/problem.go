package openapi

import "github.com/getkin/kin-openapi/openapi3"

// problemSchema is the schema of problem documents (RFC 9457), as the runtime
// writes them.
func problemSchema() *openapi3.SchemaRef {
	part := documented("string", "The part of the request.")
	part.Value.Enum = []any{"path", "query", "header", "cookie", "form", "body"}
	entries := documented("array", "What is wrong with which values of the request.")
	entries.Value.Items = objectOf([]string{"in", "detail"},
		property{"detail", typed("string")},
		property{"in", part},
		property{"line", documented("integer", "Of a body of JSON lines: the line, from 1.")},
		property{"name", documented("string", "The name of the value; in a JSON body its place as a JSON pointer.")},
	)
	problem := objectOf([]string{"title", "status"},
		property{"title", typed("string")},
		property{"status", documented("integer", "The HTTP status.")},
		property{"detail", documented("string", "What is wrong with this request.")},
		property{"errors", entries},
	)
	problem.Value.Description = "A problem document (RFC 9457)."
	return problem
}

// A property is one of an object.
type property struct {
	name   string
	schema *openapi3.SchemaRef
}

// objectOf is the schema of an object with certain properties, in that order.
func objectOf(required []string, properties ...property) *openapi3.SchemaRef {
	object := typed("object")
	object.Value.Required = required
	object.Value.Properties = openapi3.Schemas{}
	for _, p := range properties {
		object.Value.Properties[p.name] = p.schema
		inOrder(object.Value, p.name)
	}
	return object
}

func documented(kind, text string) *openapi3.SchemaRef {
	schema := typed(kind)
	schema.Value.Description = text
	return schema
}
