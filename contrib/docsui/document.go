package docsui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// A document is one in OpenAPI.
type document struct {
	name      string // "openapi.yaml"
	mediaType string // "application/yaml"
	content   []byte
}

// openapiKey finds the key that each document has, in YAML. Swagger UI shows the
// versions before 3 too, where it is called swagger.
var openapiKey = regexp.MustCompile(`(?m)^["']?(openapi|swagger)["']?[ \t]*:[ \t]*["']?\d`)

// parseDocument tells what a document is. It panics if it is none.
func parseDocument(content []byte) document {
	content = bytes.TrimPrefix(content, []byte("\ufeff")) // forbidden in JSON (RFC 8259 §8.1)
	start := bytes.TrimSpace(content)
	switch {
	case len(start) == 0:
		panic("docsui: the document is empty")
	case start[0] == '{':
		if err := checkJSON(content); err != nil {
			panic(fmt.Sprintf("docsui: the document is not OpenAPI in JSON: %v", err))
		}
		return document{"openapi.json", "application/json", content}
	case !utf8.Valid(content) || !openapiKey.Match(content):
		panic("docsui: the document is not OpenAPI: it has no key openapi")
	}
	return document{"openapi.yaml", "application/yaml", content}
}

func checkJSON(content []byte) error {
	var versions struct{ OpenAPI, Swagger string }
	if err := json.Unmarshal(content, &versions); err != nil {
		return err
	}
	if versions.OpenAPI == "" && versions.Swagger == "" {
		return fmt.Errorf("it has no member openapi")
	}
	return nil
}
