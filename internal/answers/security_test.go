package answers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

func TestSecurity(t *testing.T) {
	said := func(list ...model.Security) model.Said { return model.Said{Security: list} }
	cookie := model.Security{Scheme: model.CookieScheme, Name: "session"}
	header := model.Security{Scheme: model.HeaderScheme, Name: "X-Key"}
	optional := header
	optional.Optional = true
	jwt := model.Security{Scheme: model.BearerScheme, Format: "JWT"}
	bearer, basic := model.Credentials{Name: "Bearer"}, model.Credentials{Name: "BasicAuth"}
	pkg := &model.Package{
		Providers: []model.Provider{
			{Params: from(bearer)},
			{Params: from(bearer, model.Provided{Provider: 0}), Said: said(jwt)},
			{Params: from(model.Custom{Said: said(cookie)})},
		},
		Middleware: []model.MiddlewareFunc{{Params: from(bearer), Said: said(header)}},
	}
	use := func(adapter int, said model.Said) model.Route {
		return model.Route{Use: []model.Middleware{{Adapter: adapter, Said: said}}}
	}
	for _, test := range []struct {
		name   string
		params []model.Extractor
		route  model.Route
		want   string // the ways, "a+b or c"
	}{
		{"nothing", nil, model.Route{}, ""},
		{"a token", []model.Extractor{bearer}, model.Route{}, "bearer"},
		{"a token, or nothing", []model.Extractor{model.OptionalOf{Of: bearer}}, model.Route{}, "- or bearer"},
		{"whatever goes wrong", []model.Extractor{model.ResultOf{Of: bearer}}, model.Route{}, "- or bearer"},
		{"wanted after all", []model.Extractor{model.OptionalOf{Of: bearer}, bearer}, model.Route{}, "bearer"},
		{"two", []model.Extractor{bearer, basic}, model.Route{}, "bearer+basic"},
		{"a type", []model.Extractor{model.Custom{Said: said(cookie, header)}}, model.Route{}, "session or X-Key"},
		{
			"a type that knows nobody, too",
			[]model.Extractor{model.Custom{Said: said(optional)}},
			model.Route{},
			"- or X-Key",
		},
		{
			"fields",
			[]model.Extractor{model.Composite{Fields: from(bearer, model.Custom{Said: said(cookie)}), Said: said(jwt)}},
			model.Route{},
			"bearerJWT+session",
		},
		{"a function", []model.Extractor{model.Provided{Provider: 0}, model.Provided{Provider: 0}}, model.Route{}, "bearer"},
		{"a function that says more", []model.Extractor{model.Provided{Provider: 1}}, model.Route{}, "bearerJWT+bearer"},
		{"a result that may be absent", []model.Extractor{model.OptionalOf{Of: model.Provided{Provider: 0}}}, model.Route{}, "- or bearer"},
		{
			"a result that may be absent, but what it needs may not",
			[]model.Extractor{model.OptionalOf{Of: model.Provided{Provider: 2}}},
			model.Route{},
			"session",
		},
		{
			"wanted after all, of a function",
			[]model.Extractor{model.OptionalOf{Of: model.Provided{Provider: 0}}, model.Provided{Provider: 0}},
			model.Route{},
			"bearer",
		},
		{"a middleware function", nil, use(0, model.Said{}), "X-Key"},
		{"other middleware", []model.Extractor{bearer}, use(model.NoAdapter, said(cookie)), "session+bearer"},
		{"the route", nil, model.Route{Said: said(cookie, header)}, "session or X-Key"},
	} {
		var ways []string
		for _, way := range Security(pkg, model.Handler{Params: from(test.params...)}, test.route) {
			words := []string{"-"}
			if len(way) > 0 {
				words = nil
			}
			for _, s := range way {
				name := s.Name
				if name == "" {
					name = string(s.Scheme) + s.Format
				}
				words = append(words, name)
			}
			ways = append(ways, strings.Join(words, "+"))
		}
		if diff := cmp.Diff(test.want, strings.Join(ways, " or ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestSaid wants what directives say of extractors and middleware in the answers
// of the routes that need them, and each in its own form.
func TestSaid(t *testing.T) {
	locked := model.Said{
		Security: []model.Security{{Scheme: model.CookieScheme, Name: "session"}},
		Answers:  []model.Answer{{Status: 403, Type: order, Text: "locked"}, {Status: 410}},
	}
	pkg := &model.Package{Middleware: []model.MiddlewareFunc{{Said: model.Said{Answers: []model.Answer{{Status: 429}}}}}}
	h := model.Handler{
		Status: 200, Params: from(model.Custom{Said: locked}),
		Routes: []model.Route{{
			Use:  []model.Middleware{{Adapter: 0}, {Adapter: model.NoAdapter, Said: model.Said{Answers: []model.Answer{{Status: 418}}}}},
			Said: model.Said{Security: []model.Security{{Scheme: model.BasicScheme, Optional: true}}, Answers: []model.Answer{{Status: 410, Text: "gone"}}},
		}},
	}
	const problem = "application/problem+json"
	want := []string{
		"200 Returned", "401 Unauthenticated " + problem, "403 Documented application/json",
		"410 Documented " + problem, "410 Documented " + problem,
		"418 Documented " + problem, "429 Documented " + problem, "default Refused " + problem,
	}
	if diff := cmp.Diff(want, sketch(Of(pkg, h, h.Routes...))); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}
