// Package huma answers the endpoints with danielgtaylor/huma on
// net/http.ServeMux, without the links to schemas that it adds by default.
package huma

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// Handler returns the endpoints.
func Handler() http.Handler {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("bench", "1.0.0")
	config.CreateHooks = nil
	api := humago.New(mux, config)
	huma.Get(api, "/ping", ping)
	huma.Get(api, "/users", listUsers)
	huma.Get(api, "/users/{id}", getUser)
	huma.Get(api, "/search", search)
	huma.Post(api, "/orders", placeOrder, func(op *huma.Operation) {
		op.DefaultStatus = http.StatusCreated
	})
	huma.Get(api, "/measure/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}", measure)
	huma.Post(api, "/accounts", register)
	huma.Post(api, "/imports", importOrders, func(op *huma.Operation) {
		op.MaxBodyBytes = 2 << 20
	})
	return mux
}

type textOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func ping(context.Context, *struct{}) (*textOutput, error) {
	return &textOutput{ContentType: "text/plain; charset=utf-8", Body: []byte(endpoints.Pong())}, nil
}

type output[T any] struct{ Body T }

func listUsers(context.Context, *struct{}) (*output[[]endpoints.User], error) {
	return &output[[]endpoints.User]{Body: endpoints.ListUsers()}, nil
}

type userInput struct {
	ID int64 `path:"id"`
}

func getUser(_ context.Context, in *userInput) (*output[endpoints.User], error) {
	return &output[endpoints.User]{Body: endpoints.FindUser(in.ID)}, nil
}

type searchInput struct {
	Text    string  `query:"text"`
	Page    int     `query:"page"`
	Limit   int     `query:"limit"`
	Sort    string  `query:"sort"`
	Desc    bool    `query:"desc"`
	Min     float64 `query:"min"`
	Tenant  string  `header:"X-Tenant"`
	Session string  `cookie:"session"`
}

func search(_ context.Context, in *searchInput) (*output[endpoints.SearchResult], error) {
	return &output[endpoints.SearchResult]{Body: endpoints.Find(endpoints.Search(*in))}, nil
}

type orderInput struct{ Body endpoints.NewOrder }

type orderOutput struct {
	Location string `header:"Location"`
	Body     endpoints.Order
}

func placeOrder(_ context.Context, in *orderInput) (*orderOutput, error) {
	placed := endpoints.PlaceOrder(in.Body)
	return &orderOutput{Location: placed.Location(), Body: placed}, nil
}

type measureInput struct {
	A int64  `path:"a"`
	B string `path:"b"`
	C int64  `path:"c"`
	D string `path:"d"`
	E int64  `path:"e"`
	F string `path:"f"`
	G int64  `path:"g"`
	H string `path:"h"`
	I int64  `query:"i"`
	J string `query:"j"`
	K int64  `query:"k"`
	L string `query:"l"`
	M int64  `query:"m"`
	N string `query:"n"`
	O int64  `query:"o"`
	P string `query:"p"`
}

func measure(_ context.Context, in *measureInput) (*output[endpoints.Measure], error) {
	return &output[endpoints.Measure]{Body: endpoints.MeasureAll(endpoints.Sixteen(*in))}, nil
}

// formInput is the raw body: huma does not read urlencoded forms.
type formInput struct {
	RawBody []byte `contentType:"application/x-www-form-urlencoded"`
}

func register(_ context.Context, in *formInput) (*output[endpoints.Account], error) {
	form, err := url.ParseQuery(string(in.RawBody))
	if err != nil {
		return nil, huma.Error400BadRequest("malformed form", err)
	}
	age, err := strconv.Atoi(form.Get("age"))
	if err != nil {
		return nil, huma.Error422UnprocessableEntity("age must be an integer", err)
	}
	newsletter, err := strconv.ParseBool(form.Get("newsletter"))
	if err != nil {
		return nil, huma.Error422UnprocessableEntity("newsletter must be true or false", err)
	}
	return &output[endpoints.Account]{Body: endpoints.Register(endpoints.SignUp{
		Name:       form.Get("name"),
		Email:      form.Get("email"),
		Age:        age,
		City:       form.Get("city"),
		Plan:       form.Get("plan"),
		Newsletter: newsletter,
		Referrer:   form.Get("referrer"),
	})}, nil
}

type importInput struct{ Body []endpoints.NewOrder }

func importOrders(_ context.Context, in *importInput) (*output[endpoints.Import], error) {
	return &output[endpoints.Import]{Body: endpoints.ImportOrders(in.Body)}, nil
}
