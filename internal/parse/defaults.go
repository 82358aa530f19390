package parse

import (
	"errors"
	"fmt"
	"go/types"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// setDefault checks the default of a spot with the rules of the runtime, and
// enters it.
func (p *parser) setDefault(slot *model.Slot, sp spot, t types.Type) bool {
	if !sp.defaults {
		return true
	}
	if why, hint := uselessDefault(slot, sp); why != "" {
		p.report(diag.BadDefault, sp.def, "the default of %s has no effect: %s", sp.what, why).hint("%s", hint)
		return false
	}
	if why := badText(t, sp.def.text); why != "" {
		p.report(diag.BadDefault, sp.def, "the default of %s cannot be read as %s: %q %s", sp.what, p.typeString(t), sp.def.text, why)
		return false
	}
	slot.Default = sp.def.text
	return true
}

// checkBroken reports a default that is refused by a rule of its own spot.
func (p *parser) checkBroken(slot model.Slot, sp spot, t types.Type) bool {
	if !sp.defaults || readerFunc(t) == "ReadText" || !isKind(t, types.IsConstType) {
		return true
	}
	if detail := broken(slot.Rules, t, sp.def.text); detail != "" {
		p.report(diag.BadDefault, sp.def, "the default of %s breaks a rule: %q %s", sp.what, sp.def.text, detail)
		return false
	}
	return true
}

// uselessDefault says why a default would never be read, if so.
func uselessDefault(slot *model.Slot, sp spot) (why, hint string) {
	const remove = "remove the default, or the pointer or runtime.Optional"
	switch slot.Shape.(type) {
	case model.Pointed:
		return "a pointer is nil when there is no value", remove
	case model.Optioned:
		return "a runtime.Optional is absent when there is no value", remove
	case model.OptionedMany:
		return "a runtime.Optional is absent when there are no values", remove
	case model.OneFile:
		return "a file has no default", "open one in the function when it is nil"
	case model.List, model.Dict, model.ManyFiles:
		return "a slice or map is empty when there are no values", "fill it in the function when it is nil"
	}
	switch {
	case sp.source == model.Path:
		return "a path value is never missing", "remove the default"
	case sp.optional && sp.whole:
		return "the runtime.Optional around it is absent when there is no value", remove
	}
	return "", ""
}

// badText says why a text is not of a scalar type, as the runtime would. What a
// method UnmarshalText accepts is not known here.
func badText(t types.Type, text string) string {
	switch readerFunc(t) {
	case "ReadBool":
		return badBool(text)
	case "ReadInt":
		return badInt(text, bitsOf(t))
	case "ReadUint":
		return badUint(text, bitsOf(t))
	case "ReadFloat":
		return badFloat(text, bitsOf(t))
	case "ReadTime":
		return badTime(text)
	case "ReadDuration":
		return badDuration(text)
	case "ReadURL":
		return badURL(text)
	case "ReadAddr":
		return badAddr(fullName(t), text)
	case "ReadText":
		if text == "" {
			return "cannot be told from no default"
		}
	}
	return ""
}

// bitsOf returns the size of a type of numbers. Those without a size of their
// own have 64 bits where servers run.
func bitsOf(t types.Type) int {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 64
	}
	switch basic.Kind() {
	case types.Int8, types.Uint8:
		return 8
	case types.Int16, types.Uint16:
		return 16
	case types.Int32, types.Uint32, types.Float32:
		return 32
	}
	return 64
}

func badBool(text string) string {
	if _, err := strconv.ParseBool(text); err != nil {
		return "is neither true nor false"
	}
	return ""
}

func badInt(text string, bits int) string {
	_, err := strconv.ParseInt(text, 10, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Sprintf("is not between %d and %d", -1<<(bits-1), 1<<(bits-1)-1)
	case err != nil:
		return "is no integer"
	}
	return ""
}

func badUint(text string, bits int) string {
	_, err := strconv.ParseUint(text, 10, bits)
	_, signed := strconv.ParseInt(text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), err != nil && signed == nil:
		return fmt.Sprintf("is not between 0 and %d", uint64(math.MaxUint64)>>(64-bits))
	case err != nil:
		return "is no integer"
	}
	return ""
}

func badFloat(text string, bits int) string {
	f, err := strconv.ParseFloat(text, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Sprintf("is out of the range of a float%d", bits)
	case err != nil, math.IsNaN(f), math.IsInf(f, 0):
		return "is no number"
	}
	return ""
}

func badTime(text string) string {
	if _, err := time.Parse(time.RFC3339, text); err == nil {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return ""
	}
	return "is neither a time such as 2006-01-02T15:04:05Z nor a date such as 2006-01-02"
}

func badDuration(text string) string {
	if _, err := time.ParseDuration(text); err != nil {
		return "is no duration such as 5s or 1h30m"
	}
	return ""
}

func badURL(text string) string {
	if _, err := url.Parse(text); err != nil || text == "" {
		return "is no URL"
	}
	return ""
}

func badAddr(name, text string) string {
	switch name {
	case "net.IP":
		if net.ParseIP(text) == nil {
			return "is no IP address"
		}
	case "net/netip.Addr":
		if _, err := netip.ParseAddr(text); err != nil {
			return "is no IP address"
		}
	case "net/netip.AddrPort":
		if _, err := netip.ParseAddrPort(text); err != nil {
			return "is no IP address and port"
		}
	case "net/netip.Prefix":
		if _, err := netip.ParsePrefix(text); err != nil {
			return "is no IP prefix such as 10.0.0.0/8"
		}
	}
	return ""
}
