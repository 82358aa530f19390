package parse

import (
	"go/types"
	"mime"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// fileHeader is the type of a file in a multipart body.
const fileHeader = "*mime/multipart.FileHeader"

// bindMultipart reads a multipart body by the fields of a struct:
// runtime.Multipart[T].
func (p *parser) bindMultipart(tg target, t types.Type) (model.Extractor, string, bool) {
	if !isInvalid(t) && !isStruct(t) {
		p.report(diag.UnreadableType, tg.typ, "a multipart body is read into the fields of a struct, not into %s", p.typeString(t)).
			hint("declare a struct with a field for each part")
		return nil, "", false
	}
	tg.files = true
	slots, alloc, ok := p.slotsOf(tg, model.FormSource, t)
	if !ok {
		return nil, "", false
	}
	why := "parts of the body by field: " + strings.Join(slotNames(slots), ", ")
	return model.Multipart{Slots: slots, Alloc: alloc, Validate: validates(t)}, why, true
}

// fileShape is the shape of a file or of a slice of files, if a type is one.
func (p *parser) fileShape(sp spot, t types.Type) (shape model.Shape, fits, ok bool) {
	slice, isSlice := t.Underlying().(*types.Slice)
	switch {
	case !sp.files:
		return nil, false, false
	case fullName(t) == fileHeader:
		wanted, ok := p.readUpload(sp)
		return model.OneFile{Wanted: wanted}, true, ok
	case isSlice && fullName(slice.Elem()) == fileHeader:
		wanted, ok := p.readUpload(sp)
		return model.ManyFiles{Wanted: wanted}, true, ok
	}
	return nil, false, p.checkNoUpload(sp)
}

// readUpload reads what the tags of a field demand of its files.
func (p *parser) readUpload(sp spot) (wanted model.Upload, ok bool) {
	ok = true
	if limit, tagged := sp.tag.lookup("limit"); tagged {
		wanted.Limit, ok = p.readBytes(limit, limit.text, `limit:"10MiB"`)
	}
	if accept, tagged := sp.tag.lookup("accept"); tagged {
		types, fine := p.readAccept(accept)
		wanted.Accept, ok = types, ok && fine
	}
	return wanted, ok
}

// readAccept reads a list of media types.
func (p *parser) readAccept(accept located) (types []string, ok bool) {
	ok = true
	start := 0
	for part := range strings.SplitSeq(accept.text, ",") {
		name := strings.TrimSpace(part)
		at := accept.part(start, start+len(part))
		start += len(part) + 1
		media, params, err := mime.ParseMediaType(name)
		family, sub, slash := strings.Cut(media, "/")
		switch {
		case err != nil || !slash || len(params) > 0 || family == "*" || sub != "*" && strings.Contains(media, "*"):
			p.report(diag.BadTag, at, "%q is no media type that a file can have", name).
				hint(`write accept:"image/png", or "image/*", or several with commas between them`)
			ok = false
		case slices.Contains(types, media):
			p.report(diag.BadTag, at, "the media type %s is named twice", media).hint("name it once")
			ok = false
		default:
			types = append(types, media)
		}
	}
	return types, ok
}

// checkNoUpload reports the tags of files at a field that is none.
func (p *parser) checkNoUpload(sp spot) bool {
	ok := true
	for _, key := range []string{"limit", "accept"} {
		if value, tagged := sp.tag.lookup(key); tagged {
			p.report(diag.BadTag, value, "the tag %s has no effect: %s is no file", key, sp.what).
				hint("files are of type *multipart.FileHeader or []*multipart.FileHeader")
			ok = false
		}
	}
	return ok
}

// checkFile refuses what no file can fulfil.
func (r *ruler) checkFile(demands []demand) {
	for _, d := range demands {
		if d.name == "required" {
			if d.has {
				r.refuse(d, "required takes no argument")
			}
			continue
		}
		r.refuse(d, "the rule %s is not for files", d.name).
			hint(`say what a file may be with the tags limit:"5MiB" and accept:"image/png,image/jpeg"`)
	}
}

// isUpload reports whether a type is a file of a multipart body, or a slice of
// such.
func isUpload(t types.Type) bool {
	if slice, ok := t.Underlying().(*types.Slice); ok {
		t = slice.Elem()
	}
	switch strings.TrimLeft(fullName(t), "*") {
	case "mime/multipart.FileHeader", "mime/multipart.File":
		return true
	}
	return false
}

// unreadableFile says where files are read.
func (p *parser) unreadableFile(sp spot, t types.Type) (why, hint string) {
	written := p.typeString(t)
	slice, isSlice := t.Underlying().(*types.Slice)
	switch {
	case !sp.files:
		return written + " is a file of a multipart body", "use *multipart.FileHeader in a runtime.Multipart"
	case fullName(t) == fileHeader, isSlice && fullName(slice.Elem()) == fileHeader:
		return "a file is nil when there is none", "use " + written + " without the runtime.Optional"
	}
	return written + " is not how a file is read", "use *multipart.FileHeader, or a slice of it"
}
