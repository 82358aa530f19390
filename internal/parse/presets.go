package parse

import (
	"fmt"
	"go/types"
	"strconv"
	"time"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// presets are the defaults of the fields of a JSON body. They are assigned
// before it is decoded, so a field that is not there keeps its default.
func (p *parser) presets(tg target, t types.Type) ([]model.Preset, bool) {
	w := presetWalk{p: p, at: tg.typ, root: p.typeString(t)}
	w.visit(t, "", "")
	return w.presets, !w.failed
}

// A presetWalk goes through what a JSON body is made of.
type presetWalk struct {
	p       *parser
	at      span   // of the root
	root    string // name of its type
	presets []model.Preset
	seen    typeutil.Map // what stands where no default can be assigned
	failed  bool
}

// visit goes through a type. What it holds beyond structs does not exist before
// it is decoded: lost says why.
func (w *presetWalk) visit(t types.Type, selector, lost string) {
	if lost != "" && w.seen.Set(t, true) != nil {
		return
	}
	if holder, held := holderOf(t); holder != "" {
		w.visit(held, "", "it is in a "+holderNames[holder])
		return
	}
	if decodesItself(t) {
		return
	}
	if elem := elemOf(t); elem != nil {
		in := "it is in a slice"
		if _, isMap := t.Underlying().(*types.Map); isMap {
			in = "it is in a map"
		}
		w.visit(elem, "", in)
		return
	}
	if !isOpenStruct(t) || w.p.unset.At(t) != nil {
		return
	}
	before := len(w.presets)
	for _, m := range membersOf(t) {
		w.member(t, m, selector, lost)
	}
	if lost == "" && len(w.presets) == before && !w.failed {
		w.p.unset.Set(t, true)
	}
}

var holderNames = map[model.Holder]string{
	model.HolderPointer: "pointer", model.HolderOptional: "runtime.Optional", model.HolderNullable: "runtime.Nullable",
}

// member enters the default of a member, and goes through its type.
func (w *presetWalk) member(t types.Type, m member, selector, lost string) {
	for _, above := range m.path[:len(m.path)-1] {
		if _, pointer := embedded(above); pointer && lost == "" {
			lost = "it is in an embedded pointer"
		}
		if above.Exported() || above.Pkg() == w.p.types {
			selector = joinSelector(selector, above.Name())
		}
	}
	selector = joinSelector(selector, m.v.Name())
	tag, ok := w.p.tagOf(m.st, m.index, w.at)
	if !ok {
		w.failed = true
		return
	}
	if value, ok := tag.lookup("default"); ok {
		w.preset(w.p.ownerName(m.owner(t))+m.v.Name(), m, tag, value, selector, lost)
		return
	}
	w.visit(m.v.Type(), selector, lost)
}

// preset enters a default, or reports why it cannot be assigned.
func (w *presetWalk) preset(what string, m member, tag tag, value located, selector, lost string) {
	t := m.v.Type()
	validate, _ := tag.lookup("validate")
	holder, _ := holderOf(t)
	switch {
	case lost != "":
		w.refuse(value, "the default of %s has no effect in %s: %s", what, w.root, lost).
			hint("set it in the function, or make the field a pointer and look for nil")
	case isDemanded(validate):
		w.refuse(value, "the default of %s has no effect: the field is required", what).
			hint("remove the default, or required")
	case holder != "":
		w.refuse(value, "the default of %s has no effect: a %s may hold nothing", what, holderNames[holder]).
			hint("remove the default, or use %s", w.p.typeString(heldBy(t)))
	case !isKind(t, types.IsConstType) || fullName(t) != "time.Duration" && decodesItself(t):
		w.refuse(value, "%s is %s, which has no constants to default to", what, w.p.typeString(t)).
			hint("set it in the function when it is the zero value")
	default:
		w.assign(what, t, value, validate, selector)
	}
}

// isDemanded reports whether the rules of a field require it.
func isDemanded(validate located) bool {
	for _, d := range beforeDive(demandsOf(validate)) {
		if d.name == "required" {
			return true
		}
	}
	return false
}

// assign enters a default that is a constant.
func (w *presetWalk) assign(what string, t types.Type, value, validate located, selector string) {
	if why := badText(t, value.text); why != "" {
		w.refuse(value, "the default of %s cannot be read as %s: %q %s", what, w.p.typeString(t), value.text, why)
		return
	}
	r := &ruler{p: w.p, what: what, body: true, at: value, remote: validate.pos == nil}
	if detail := broken(r.rules(demandsOf(validate), t), t, value.text); detail != "" {
		w.refuse(value, "the default of %s breaks a rule: %q %s", what, value.text, detail)
		return
	}
	w.presets = append(w.presets, model.Preset{Field: selector, Value: literal(t, value.text)})
}

func (w *presetWalk) refuse(at span, format string, args ...any) note {
	w.failed = true
	return w.p.report(diag.BadDefault, at, format, args...)
}

// literal writes a text that a type can hold as a Go literal.
func literal(t types.Type, text string) string {
	switch readerFunc(t) {
	case "ReadString":
		return strconv.Quote(text)
	case "ReadBool":
		b, _ := strconv.ParseBool(text)
		return strconv.FormatBool(b)
	case "ReadDuration":
		d, _ := time.ParseDuration(text)
		return strconv.FormatInt(int64(d), 10)
	case "ReadFloat":
		f, _ := strconv.ParseFloat(text, 64)
		return strconv.FormatFloat(f, 'g', -1, 64)
	case "ReadInt":
		n, _ := strconv.ParseInt(text, 10, 64)
		return strconv.FormatInt(n, 10)
	case "ReadUint":
		n, _ := strconv.ParseUint(text, 10, 64)
		return strconv.FormatUint(n, 10)
	}
	panic(fmt.Sprintf("parse: no literal of %s", t))
}
