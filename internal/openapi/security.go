package openapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
)

// secure documents who may make a request. What a client says for that is no
// parameter of its own.
func (p *pack) secure(op *openapi3.Operation, ways [][]model.Security) {
	if len(ways) == 0 {
		return
	}
	op.Security = openapi3.NewSecurityRequirements()
	for _, way := range ways {
		wanted := openapi3.SecurityRequirement{}
		for _, s := range way {
			wanted[p.schemeID(s)] = []string{}
			op.Parameters = slices.DeleteFunc(op.Parameters, func(param *openapi3.ParameterRef) bool {
				return s.Name != "" && param.Value.In == string(s.Scheme) && strings.EqualFold(param.Value.Name, s.Name)
			})
		}
		op.Security.With(wanted)
	}
}

// usualIDs are what schemes are called that ask for no name.
var usualIDs = map[model.Scheme]string{model.BearerScheme: "bearerAuth", model.BasicScheme: "basicAuth"}

// schemeID returns the name of a security scheme, which no other has: that which
// is asked for, or that of the header, query value or cookie.
func (b *builder) schemeID(s model.Security) string {
	stem := s.ID
	switch {
	case stem != "":
	case s.Name != "":
		stem = componentWord(s.Name)
	default:
		stem = usualIDs[s.Scheme]
	}
	for i := 1; ; i++ {
		id := stem
		if i > 1 {
			id += strconv.Itoa(i)
		}
		known, taken := b.secured[id]
		if !taken {
			b.secured[id] = s
		}
		if !taken || known == s {
			return id
		}
	}
}

// componentWord makes a name of a component of any text.
func componentWord(text string) string {
	word := []byte(text)
	for i, c := range word {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '.' && c != '-' && c != '_' {
			word[i] = '_'
		}
	}
	return string(word)
}

// securityScheme writes a scheme.
func securityScheme(s model.Security) *openapi3.SecurityScheme {
	scheme := &openapi3.SecurityScheme{Description: s.Text}
	switch s.Scheme {
	case model.BearerScheme, model.BasicScheme:
		scheme.Type, scheme.Scheme, scheme.BearerFormat = "http", string(s.Scheme), s.Format
	default:
		scheme.Type, scheme.In, scheme.Name = "apiKey", string(s.Scheme), s.Name
	}
	return scheme
}
