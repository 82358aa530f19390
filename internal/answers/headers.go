package answers

import (
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// partHeaders are the headers that results add to an answer.
func partHeaders(results []model.Result) []Header {
	var headers []Header
	for _, r := range results {
		switch r.As.(type) {
		case model.HeaderParts, model.CustomParts:
			for _, name := range r.Headers {
				headers = append(headers, Header{Name: name})
			}
		case model.CookiePart, model.CookieParts:
			headers = append(headers, Header{"Set-Cookie", cookieDoc(r.Cookies)})
		case model.ETagPart:
			headers = append(headers, Header{"ETag", "The version of the answer."})
		}
	}
	return headers
}

func cookieDoc(names []string) string {
	switch len(names) {
	case 0:
		return "A cookie that is set."
	case 1:
		return "The cookie " + names[0] + "."
	}
	return "The cookies " + strings.Join(names, ", ") + "."
}

// contentHeaders are those that come with a content, whichever it is.
func contentHeaders(as model.Response) []Header {
	if _, ok := as.(model.Attachment); ok {
		return []Header{{"Content-Disposition", "That it is to be saved, and under what name."}}
	}
	return nil
}

// rangeHeaders are those of a content that parts can be asked of.
var rangeHeaders = []Header{
	{"Accept-Ranges", "That parts of it can be asked for, if they can."},
	{"Last-Modified", "When the content was modified, if that is known."},
}

// eventHeaders keep streams of events from being held up on their way.
var eventHeaders = []Header{
	{"Cache-Control", "That it is not to be kept."},
	{"X-Accel-Buffering", "That proxies are not to hold it up."},
}
