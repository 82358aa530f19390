// Package ours answers the endpoints with annotated functions: what a user of
// handlergen writes.
package ours

import (
	"net/http"

	"github.com/handlergen/handlergen/bench/endpoints"
	"github.com/handlergen/handlergen/runtime"
)

//go:generate go tool handlergen

// Ping answers with a text.
//
//handlergen:route GET /ping
func Ping() string {
	return endpoints.Pong()
}

// GetUser answers with one user.
//
//handlergen:route GET /users/{id}
func GetUser(id int64) endpoints.User {
	return endpoints.FindUser(id)
}

// ListUsers answers with all users.
//
//handlergen:route GET /users
func ListUsers() []endpoints.User {
	return endpoints.ListUsers()
}

// SearchQuery is the query of Search.
type SearchQuery struct {
	Text  string  `query:"text"`
	Page  int     `query:"page"`
	Limit int     `query:"limit"`
	Sort  string  `query:"sort"`
	Desc  bool    `query:"desc"`
	Min   float64 `query:"min"`
}

// Search looks for a text.
//
//handlergen:route GET /search
//handlergen:param tenant name=X-Tenant
func Search(query runtime.Query[SearchQuery], tenant runtime.Header[string], session runtime.Cookie[string]) endpoints.SearchResult {
	return endpoints.Find(endpoints.Search{
		Text:    query.Value.Text,
		Page:    query.Value.Page,
		Limit:   query.Value.Limit,
		Sort:    query.Value.Sort,
		Desc:    query.Value.Desc,
		Min:     query.Value.Min,
		Tenant:  tenant.Value,
		Session: session.Value,
	})
}

// Location is where a new thing can be found.
type Location string

// IntoResponseParts sets the Location header.
func (l Location) IntoResponseParts(header http.Header) error {
	header["Location"] = []string{string(l)}
	return nil
}

// PlaceOrder places an order and says where it is.
//
//handlergen:route POST /orders status=201
func PlaceOrder(order runtime.JSON[endpoints.NewOrder]) (Location, endpoints.Order) {
	placed := endpoints.PlaceOrder(order.Value)
	return Location(placed.Location()), placed
}

// MeasureQuery is the query of Measure.
type MeasureQuery struct {
	I int64
	J string
	K int64
	L string
	M int64
	N string
	O int64
	P string
}

// Measure reads 16 values.
//
//handlergen:route GET /measure/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}
func Measure(a int64, b string, c int64, d string, e int64, f string, g int64, h string, query runtime.Query[MeasureQuery]) endpoints.Measure {
	return endpoints.MeasureAll(endpoints.Sixteen{
		A: a,
		B: b,
		C: c,
		D: d,
		E: e,
		F: f,
		G: g,
		H: h,
		I: query.Value.I,
		J: query.Value.J,
		K: query.Value.K,
		L: query.Value.L,
		M: query.Value.M,
		N: query.Value.N,
		O: query.Value.O,
		P: query.Value.P,
	})
}

// SignUp is the form that Register reads.
type SignUp struct {
	Name       string `form:"name"`
	Email      string `form:"email"`
	Age        int    `form:"age"`
	City       string `form:"city"`
	Plan       string `form:"plan"`
	Newsletter bool   `form:"newsletter"`
	Referrer   string `form:"referrer"`
}

// Register opens an account.
//
//handlergen:route POST /accounts
func Register(form runtime.Form[SignUp]) endpoints.Account {
	return endpoints.Register(endpoints.SignUp(form.Value))
}

// ImportOrders takes many orders at once.
//
//handlergen:route POST /imports
func ImportOrders(orders runtime.JSON[[]endpoints.NewOrder]) endpoints.Import {
	return endpoints.ImportOrders(orders.Value)
}
