package main

import (
	"fmt"
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// spell writes a type as it stands in the source of a package: names of other
// packages are qualified.
func spell(t model.Type, home string) string {
	switch t := t.(type) {
	case nil:
		return ""
	case model.Named:
		return spellNamed(t, home)
	case model.Pointer:
		return "*" + spell(t.Elem, home)
	case model.Slice:
		return "[]" + spell(t.Elem, home)
	case model.Array:
		return fmt.Sprintf("[%d]%s", t.Len, spell(t.Elem, home))
	case model.Map:
		return "map[" + spell(t.Key, home) + "]" + spell(t.Elem, home)
	case model.Chan:
		return t.Dir + " " + spell(t.Elem, home)
	case model.Signature:
		return "func" + spellSignature(t, home)
	case model.Struct:
		return spellStruct(t, home)
	case model.EmptyInterface:
		return "interface{}"
	}
	panic(fmt.Sprintf("unhandled type %T", t))
}

func spellNamed(t model.Named, home string) string {
	name := t.Name
	if t.PkgName != "" && t.PkgPath != home {
		name = t.PkgName + "." + name
	}
	if len(t.Args) > 0 {
		name += "[" + spellList(t.Args, home) + "]"
	}
	return name
}

func spellList(types []model.Type, home string) string {
	var words []string
	for _, t := range types {
		words = append(words, spell(t, home))
	}
	return strings.Join(words, ", ")
}

func spellSignature(t model.Signature, home string) string {
	params := spellList(t.Params, home)
	if t.Variadic {
		last := t.Params[len(t.Params)-1].(model.Slice)
		params = spellList(t.Params[:len(t.Params)-1], home)
		if params != "" {
			params += ", "
		}
		params += "..." + spell(last.Elem, home)
	}
	switch len(t.Results) {
	case 0:
		return "(" + params + ")"
	case 1:
		return "(" + params + ") " + spell(t.Results[0], home)
	}
	return "(" + params + ") (" + spellList(t.Results, home) + ")"
}

func spellStruct(t model.Struct, home string) string {
	var fields []string
	for _, f := range t.Fields {
		field := spell(f.Type, home)
		if !f.Embedded {
			field = f.Name + " " + field
		}
		if f.Tag != "" {
			field += " `" + f.Tag + "`"
		}
		fields = append(fields, field)
	}
	if len(fields) == 0 {
		return "struct{}"
	}
	return "struct{ " + strings.Join(fields, "; ") + " }"
}
