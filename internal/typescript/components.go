package typescript

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// refTo refers to a component.
func (w *writer) refTo(id string, use model.Use) string {
	name := w.names.Name(id, use)
	if name == "" {
		panic(fmt.Sprintf("typescript: no component %s is %s", id, use))
	}
	w.referred[name] = true
	return name
}

// components declares what is referred to. Each may refer to more.
func (w *writer) components() {
	texts := map[string][]byte{}
	// All that refer to components have been written, but for components.
	for again := true; again; {
		again = false
		for _, name := range w.names.Names {
			if w.referred[name] && texts[name] == nil {
				texts[name] = w.separately(func() { w.component(name, w.names.Named(name)) })
				again = true
			}
		}
	}
	for _, name := range w.names.Names {
		w.print.buf.Write(texts[name])
	}
}

// separately returns what is printed.
func (w *writer) separately(write func()) []byte {
	outer := w.print
	w.print = printer{}
	write()
	inner := w.print.bytes()
	w.print = outer
	return inner
}

func (w *writer) component(name string, c wire.Component) {
	w.print.line("")
	switch s := c.Schema.(type) {
	case model.ObjectValue:
		w.interfaceOf(name, c, s)
	case model.OneConstant:
		w.constantsOf(name, c, s)
	default:
		w.print.doc(paragraphs(c.Doc, c.Deprecated)...)
		w.indexed = true
		w.print.line("export type ", name, " = ", w.typeOf(s, c.Use), ";")
		w.indexed = false
	}
}

func (w *writer) interfaceOf(name string, c wire.Component, s model.ObjectValue) {
	w.print.doc(paragraphs(c.Doc, c.Deprecated)...)
	if len(s.Members) == 0 {
		w.print.line("export type ", name, " = Record<string, never>;")
		return
	}
	rules := map[string][]model.Rule{}
	for _, f := range wire.MemberRules(c.Package, c.Check()) {
		rules[f.Name] = append(rules[f.Name], f.Rules...)
	}
	w.print.block("export interface "+name+" {", "}", func() {
		for _, m := range s.Members {
			demanded := w.names.IsMemberDemanded(c.Package, rules[m.Name], m.Default != "")
			w.print.doc(append(paragraphs(m.Doc, m.Deprecated), formatTag(m.Schema), exampleTag(m.Example.Text, m.Schema), defaultTag(m.Default))...)
			m.Schema = narrow(m.Schema, rules[m.Name])
			w.print.line(w.field(m, c.Use, demanded), ";")
		}
	})
}

func (w *writer) constantsOf(name string, c wire.Component, s model.OneConstant) {
	w.print.doc(paragraphs(c.Doc, c.Deprecated)...)
	documented := slices.ContainsFunc(s.Values, func(v model.Constant) bool { return v.Doc != "" })
	line := "export type " + name + " = " + constants(s) + ";"
	if !documented && w.print.fits(line) {
		w.print.line(line)
		return
	}
	w.print.line("export type ", name, " =")
	w.print.depth++
	for i, v := range s.Values {
		end := ""
		if i == len(s.Values)-1 {
			end = ";"
		}
		w.print.doc(strings.Join(paragraphs(v.Doc, false), ""))
		w.print.line("| ", relaxed(v.Literal), end)
	}
	w.print.depth--
}
