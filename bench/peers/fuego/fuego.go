// Package fuego answers the endpoints with go-fuego/fuego, without its log of
// requests.
package fuego

import (
	"net/http"

	"github.com/go-fuego/fuego"
	"github.com/go-fuego/fuego/option"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// Handler returns the endpoints.
func Handler() http.Handler {
	s := fuego.NewServer(
		fuego.WithLoggingMiddleware(fuego.LoggingConfig{DisableRequest: true, DisableResponse: true}),
		fuego.WithMaxBodySize(2<<20),
	)
	fuego.Get(s, "/ping", ping)
	fuego.Get(s, "/users", listUsers)
	fuego.Get(s, "/users/{id}", getUser)
	fuego.Get(s, "/search", search,
		option.Query("text", ""), option.QueryInt("page", ""), option.QueryInt("limit", ""),
		option.Query("sort", ""), option.QueryBool("desc", ""), option.Query("min", ""),
		option.Header("X-Tenant", ""), option.Cookie("session", ""))
	fuego.Post(s, "/orders", placeOrder, option.DefaultStatusCode(http.StatusCreated))
	fuego.Get(s, "/measure/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}", measure,
		option.QueryInt("i", ""), option.Query("j", ""), option.QueryInt("k", ""), option.Query("l", ""),
		option.QueryInt("m", ""), option.Query("n", ""), option.QueryInt("o", ""), option.Query("p", ""))
	fuego.Post(s, "/accounts", register)
	fuego.Post(s, "/imports", importOrders)
	return s.Mux
}

func ping(fuego.ContextNoBody) (string, error) {
	return endpoints.Pong(), nil
}

func listUsers(fuego.ContextNoBody) ([]endpoints.User, error) {
	return endpoints.ListUsers(), nil
}

func getUser(c fuego.ContextNoBody) (endpoints.User, error) {
	id, err := c.PathParamIntErr("id")
	if err != nil {
		return endpoints.User{}, err
	}
	return endpoints.FindUser(int64(id)), nil
}

type searchParams struct {
	Text   string  `query:"text"`
	Page   int     `query:"page"`
	Limit  int     `query:"limit"`
	Sort   string  `query:"sort"`
	Desc   bool    `query:"desc"`
	Min    float64 `query:"min"`
	Tenant string  `header:"X-Tenant"`
}

func search(c fuego.ContextWithParams[searchParams]) (endpoints.SearchResult, error) {
	in, err := c.Params()
	if err != nil {
		return endpoints.SearchResult{}, err
	}
	session, err := c.Cookie("session")
	if err != nil {
		return endpoints.SearchResult{}, fuego.BadRequestError{Err: err, Detail: "session is missing"}
	}
	return endpoints.Find(endpoints.Search{
		Text:    in.Text,
		Page:    in.Page,
		Limit:   in.Limit,
		Sort:    in.Sort,
		Desc:    in.Desc,
		Min:     in.Min,
		Tenant:  in.Tenant,
		Session: session.Value,
	}), nil
}

func placeOrder(c fuego.ContextWithBody[endpoints.NewOrder]) (endpoints.Order, error) {
	order, err := c.Body()
	if err != nil {
		return endpoints.Order{}, err
	}
	placed := endpoints.PlaceOrder(order)
	c.SetHeader("Location", placed.Location())
	return placed, nil
}

type measureParams struct {
	I int64  `query:"i"`
	J string `query:"j"`
	K int64  `query:"k"`
	L string `query:"l"`
	M int64  `query:"m"`
	N string `query:"n"`
	O int64  `query:"o"`
	P string `query:"p"`
}

func measure(c fuego.ContextWithParams[measureParams]) (endpoints.Measure, error) {
	query, err := c.Params()
	if err != nil {
		return endpoints.Measure{}, err
	}
	in := endpoints.Sixteen{
		B: c.PathParam("b"), D: c.PathParam("d"), F: c.PathParam("f"), H: c.PathParam("h"),
		I: query.I, J: query.J, K: query.K, L: query.L, M: query.M, N: query.N, O: query.O, P: query.P,
	}
	for _, number := range []struct {
		to   *int64
		name string
	}{{&in.A, "a"}, {&in.C, "c"}, {&in.E, "e"}, {&in.G, "g"}} {
		n, err := c.PathParamIntErr(number.name)
		if err != nil {
			return endpoints.Measure{}, err
		}
		*number.to = int64(n)
	}
	return endpoints.MeasureAll(in), nil
}

type signUp struct {
	Name       string `schema:"name"`
	Email      string `schema:"email"`
	Age        int    `schema:"age"`
	City       string `schema:"city"`
	Plan       string `schema:"plan"`
	Newsletter bool   `schema:"newsletter"`
	Referrer   string `schema:"referrer"`
}

func register(c fuego.ContextWithBody[signUp]) (endpoints.Account, error) {
	form, err := c.Body()
	if err != nil {
		return endpoints.Account{}, err
	}
	return endpoints.Register(endpoints.SignUp(form)), nil
}

func importOrders(c fuego.ContextWithBody[[]endpoints.NewOrder]) (endpoints.Import, error) {
	orders, err := c.Body()
	if err != nil {
		return endpoints.Import{}, err
	}
	return endpoints.ImportOrders(orders), nil
}
