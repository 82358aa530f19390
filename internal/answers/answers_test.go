package answers

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

var (
	order   = model.Named{PkgPath: "example.com/p", PkgName: "p", Name: "Order"}
	failure = model.Result{As: model.Failure{}}
	get     = model.Route{Methods: []string{"GET"}}
	post    = model.Route{Methods: []string{"POST"}}
	shop    = &model.Package{
		Path: "example.com/p",
		Providers: []model.Provider{{
			Func: model.Func{Name: "Account"}, Fails: true, Params: from(model.Credentials{Name: "Bearer"}),
		}},
		Middleware: []model.MiddlewareFunc{{
			Func: model.Func{Name: "admit"}, Params: from(model.TextBody{}), Limit: 10, Answers: true,
		}},
	}
)

func from(list ...model.Extractor) (params []model.Param) {
	for _, x := range list {
		params = append(params, model.Param{From: x})
	}
	return params
}

func returns(list ...model.Response) (results []model.Result) {
	for _, r := range list {
		results = append(results, model.Result{As: r})
	}
	return results
}

func slot(read string) []model.Slot {
	return []model.Slot{{Name: "id", Shape: model.Single{Reader: model.Reader{Func: read}}}}
}

// sketch writes answers as lines: "400 CutOff application/problem+json".
func sketch(list []Answer) []string {
	var lines []string
	for _, a := range list {
		words := []string{a.Code, reflect.TypeOf(a.Cause).Name()}
		if a.Body != nil {
			words = append(words, Media(a.Body))
		}
		for _, h := range a.Headers {
			words = append(words, h.Name)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines
}

func TestOf(t *testing.T) {
	const problem = "application/problem+json"
	routes := func(list ...model.Route) []model.Route { return list }
	body := []string{"400 CutOff " + problem, "413 TooLarge " + problem, "415 Undeclared " + problem}
	for _, test := range []struct {
		name string
		h    model.Handler
		want []string
	}{
		{"nothing", model.Handler{Routes: routes(get)}, []string{"200 Returned"}},
		{"no content", model.Handler{Routes: routes(get), Results: returns(model.NoContent{})}, []string{"204 Returned"}},
		{
			"plain values",
			model.Handler{Routes: routes(get), Params: from(
				model.Values{Source: model.Query, Slots: slot("ReadString")},
				model.Values{Source: model.Path, Slots: slot("ReadInt")},
			), Results: returns(model.Text{})},
			[]string{"200 Returned text/plain", "400 WrongValues " + problem},
		},
		{
			"a text of the path",
			model.Handler{Routes: routes(get), Params: from(model.Values{Source: model.Path, Slots: slot("ReadString")})},
			[]string{"200 Returned"},
		},
		{
			"a struct of its own",
			model.Handler{Routes: routes(get), Params: from(model.Composite{Validate: true})},
			[]string{"200 Returned", "400 Invalid " + problem},
		},
		{
			"JSON",
			model.Handler{
				Routes: routes(post), Status: 201, Params: from(model.JSONBody{Type: order}),
				Results: returns(model.StatusCode{}, model.JSON{}, model.Failure{}),
			},
			[]string{
				"201 Returned application/json", body[0], "400 Malformed " + problem, body[1], body[2],
				"422 Unfit " + problem, "500 Unexpected " + problem,
				"default Chosen application/json", "default Failed " + problem,
			},
		},
		{
			"certain statuses",
			model.Handler{Routes: routes(post), Results: []model.Result{{As: model.StatusCode{}, Statuses: []int{0, 99, 202}}}},
			[]string{"200 Returned", "202 Returned"},
		},
		{
			"a form in the query",
			model.Handler{Routes: routes(get), Params: from(model.Form{})},
			[]string{"200 Returned", "400 WrongValues " + problem},
		},
		{
			"a form in the body",
			model.Handler{Routes: routes(post), Limit: model.NoLimit, Params: from(model.Form{})},
			[]string{"200 Returned", body[0], body[2], "422 Unfit " + problem},
		},
		{
			"a form in either",
			model.Handler{Routes: routes(model.Route{}), Params: from(model.Form{})},
			[]string{"200 Returned", body[0], "400 WrongValues " + problem, body[1], body[2], "422 Unfit " + problem},
		},
		{
			"parts of a file",
			model.Handler{Routes: routes(get), Results: returns(model.Stream{})},
			[]string{
				"200 Returned */* Accept-Ranges Last-Modified", "206 Part */* Accept-Ranges Last-Modified Content-Range",
				"304 Unchanged", "412 Changed " + problem, "416 OutOfRange " + problem + " Content-Range",
			},
		},
		{
			"a file for what does not read",
			model.Handler{Routes: routes(post), Results: returns(model.Attachment{})},
			[]string{"200 Returned */* Content-Disposition"},
		},
		{
			"an entity tag",
			model.Handler{Routes: routes(get), Results: returns(model.ETagPart{}, model.CookiePart{}, model.HTML{})},
			[]string{"200 Returned text/html ETag Set-Cookie", "304 Unchanged ETag Set-Cookie", "412 Changed " + problem},
		},
		{
			"an extractor function",
			model.Handler{Routes: routes(get), Params: from(model.Provided{})},
			[]string{"200 Returned", "401 NoCredentials " + problem + " WWW-Authenticate", "default Unavailable " + problem},
		},
		{
			"whatever goes wrong",
			model.Handler{Routes: routes(get), Params: from(model.ResultOf{Of: model.Provided{}})},
			[]string{"200 Returned"},
		},
		{
			"several answers",
			model.Handler{Routes: routes(get), Results: returns(model.Sealed{Cases: []model.Case{
				{Type: order, As: model.JSON{}, Status: 200},
				{Type: model.Pointer{Elem: order}, As: model.JSON{}, Status: 200},
				{Type: model.Named{Name: "Moved"}, As: model.Responder{}},
			}})},
			[]string{"200 Implementation application/json", "default Implementation */*"},
		},
		{
			"a redirect",
			model.Handler{Routes: routes(post), Results: []model.Result{
				{As: model.CookiePart{}, Cookies: []string{"session"}},
				{Type: model.Named{PkgPath: model.RuntimePath, Name: "Redirect"}, As: model.Responder{}, Statuses: []int{303, 308}},
			}},
			[]string{"303 Redirected Set-Cookie Location", "308 Redirected Set-Cookie Location"},
		},
		{
			"some redirect",
			model.Handler{Routes: routes(post), Results: []model.Result{
				{Type: model.Named{PkgPath: model.RuntimePath, Name: "Redirect"}, As: model.Responder{}},
			}},
			[]string{"3XX Redirected Location"},
		},
		{
			"headers, also beside one of several answers",
			model.Handler{Routes: routes(post), Results: []model.Result{
				{As: model.HeaderParts{}, Headers: []string{"Link"}},
				{As: model.CustomParts{}, Headers: []string{"X-Total"}},
				{As: model.Sealed{Cases: []model.Case{{Type: order, As: model.JSON{}, Status: 200}}}},
			}},
			[]string{"200 Implementation application/json Link X-Total"},
		},
		{
			"events",
			model.Handler{Routes: routes(get), Results: returns(model.Events{Func: "WriteEventSeq"})},
			[]string{"200 Returned text/event-stream Cache-Control X-Accel-Buffering"},
		},
		{
			"several answers, with any status",
			model.Handler{Routes: routes(get), Results: []model.Result{
				{As: model.StatusCode{}, Statuses: []int{0, 201}},
				{As: model.Sealed{Cases: []model.Case{{Type: order, As: model.JSON{}, Status: 404}}}},
			}},
			[]string{"404 Implementation application/json", "default Implementation application/json"},
		},
		{
			"a value with a status of its own",
			model.Handler{Routes: routes(get), Results: []model.Result{{As: model.JSON{Statused: true}, Statuses: []int{202}}}},
			[]string{"202 Returned application/json"},
		},
		{
			"a value with some status of its own",
			model.Handler{Routes: routes(get), Results: returns(model.JSON{Statused: true})},
			[]string{"2XX Returned application/json"},
		},
		{
			"what writes itself",
			model.Handler{Routes: routes(get), Params: from(model.Head{Part: model.Writer})},
			[]string{"default Itself */*"},
		},
		{
			"a body in time",
			model.Handler{Routes: routes(get), Timeout: time.Second, Params: from(model.TextBody{})},
			[]string{
				"200 Returned", "400 CutOff " + problem, "408 Slow " + problem, "413 TooLarge " + problem, "504 TimedOut " + problem,
			},
		},
		{
			"another server",
			model.Handler{Routes: routes(get), Timeout: time.Second, Results: returns(model.Upstream{})},
			[]string{
				"502 Unreachable " + problem, "504 Late " + problem, "504 TimedOut " + problem, "default Upstream */*",
			},
		},
		{
			"lines, or an error in place of the first",
			model.Handler{Routes: routes(get), Results: returns(model.Lines{Func: "WriteLines"})},
			[]string{
				"200 Returned application/x-ndjson",
				"500 Unexpected " + problem, "default Failed " + problem,
			},
		},
		{
			"a middleware function",
			model.Handler{Routes: routes(model.Route{Use: []model.Middleware{{Adapter: 0}, {Adapter: model.NoAdapter}}})},
			[]string{"200 Returned", body[0], body[1], "default TakenOver */*"},
		},
		{
			"directives",
			model.Handler{Routes: routes(model.Route{Methods: []string{"POST"}, Said: model.Said{Answers: []model.Answer{
				{Status: 202}, {Status: 409, Text: "there is one"}, {Status: 415, Type: order},
			}}}), Params: from(model.JSONLinesBody{})},
			[]string{
				"200 Returned", "202 Documented", body[0], "409 Documented " + problem, body[1],
				"415 Undeclared application/json", "415 Documented application/json",
			},
		},
	} {
		if test.h.Status == 0 {
			test.h.Status = 200
		}
		got := sketch(Of(shop, test.h, test.h.Routes...))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: answers (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestErrorsFunction wants errors in the form of the package.
func TestErrorsFunction(t *testing.T) {
	pkg := &model.Package{Errors: &model.ErrorFunc{Results: []model.Result{{As: model.StatusCode{}}, {As: model.JSON{}, Encodes: order}}}}
	h := model.Handler{Status: 200, Results: []model.Result{failure}}
	for _, a := range Of(pkg, h, get) {
		if a.Code == "200" {
			continue
		}
		if diff := cmp.Diff(Body(Value{Type: order}), a.Body); diff != "" {
			t.Errorf("body of %s (-want +got):\n%s", a.Code, diff)
		}
	}
}

// TestInvalid wants the status that an errors directive gives to requests that
// are not valid.
func TestInvalid(t *testing.T) {
	pkg := &model.Package{Errors: &model.ErrorFunc{Invalid: 422, Results: []model.Result{{As: model.JSON{}, Encodes: order}}}}
	h := model.Handler{Status: 200, Params: from(
		model.Values{Source: model.Query, Slots: slot("ReadInt")}, model.Credentials{Name: "Bearer"}, model.JSONBody{Type: order},
	)}
	want := []string{
		"200 Returned", "401 NoCredentials application/json WWW-Authenticate", "413 TooLarge application/json",
		"422 CutOff application/json", "422 Undeclared application/json", "422 Malformed application/json",
		"422 Unfit application/json", "422 WrongValues application/json",
	}
	if diff := cmp.Diff(want, sketch(Of(pkg, h, post))); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestVariants wants every extractor and response to be thought of.
func TestVariants(t *testing.T) {
	for _, x := range model.Extractors {
		Of(shop, model.Handler{Params: from(x)}, get, post)
	}
	silent := map[string]bool{ // what adds to answers, or is one without a body
		"StatusCode": true, "HeaderParts": true, "CookiePart": true, "CookieParts": true, "CustomParts": true, "ETagPart": true,
		"Failure": true, "NoContent": true,
	}
	for _, r := range model.Responses {
		name := reflect.TypeOf(r).Name()
		if body := bodyOf(model.Result{As: r}); (body == nil) != silent[name] {
			t.Errorf("the body of %s is %v", name, body)
		}
	}
	for _, b := range Bodies {
		if Media(b) == "" {
			t.Errorf("%T has no media type", b)
		}
	}
}

func TestInstead(t *testing.T) {
	var codes []string
	for _, a := range Instead(shop, shop.Middleware[0]) {
		codes = append(codes, fmt.Sprint(a.Status()))
	}
	if diff := cmp.Diff([]string{"400", "413", "0"}, codes); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}
