// Package ogen answers the endpoints with the server that ogen generates from
// openapi.yaml, without its tracing and metrics.
//
// The files of package api are made by ogen and stand under its licence, which
// is kept beside them.
package ogen

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/bench/endpoints"
	"github.com/handlergen/handlergen/bench/peers/ogen/api"
)

//go:generate go tool ogen --config ogen.yaml --target api --package api openapi.yaml

// Handler returns the endpoints.
func Handler() http.Handler {
	server, err := api.NewServer(service{users: convertUsers()})
	if err != nil {
		panic(err)
	}
	return server
}

// service implements the interface that ogen generates. ogen has types of its
// own for all that is sent, so the work on nested ones is repeated here.
type service struct{ users []api.User }

func convertUsers() []api.User {
	users := make([]api.User, len(endpoints.ListUsers()))
	for i, user := range endpoints.ListUsers() {
		users[i] = api.User(user)
	}
	return users
}

func (service) Ping(context.Context) (api.PingOK, error) {
	return api.PingOK{Data: strings.NewReader(endpoints.Pong())}, nil
}

func (s service) ListUsers(context.Context) ([]api.User, error) {
	return s.users, nil
}

func (service) GetUser(_ context.Context, in api.GetUserParams) (*api.User, error) {
	user := api.User(endpoints.FindUser(in.ID))
	return &user, nil
}

func (service) Search(_ context.Context, in api.SearchParams) (*api.SearchResult, error) {
	result := api.SearchResult(endpoints.Find(endpoints.Search{
		Text:    in.Text,
		Page:    in.Page,
		Limit:   in.Limit,
		Sort:    in.Sort,
		Desc:    in.Desc,
		Min:     in.Min,
		Tenant:  in.XTenant,
		Session: in.Session,
	}))
	return &result, nil
}

func (service) PlaceOrder(_ context.Context, order *api.NewOrder) (*api.OrderHeaders, error) {
	var total float64
	for _, item := range order.Items {
		total += float64(item.Quantity) * item.Price
	}
	return &api.OrderHeaders{
		Location: "/orders/" + strconv.Itoa(endpoints.OrderID),
		Response: api.Order{
			ID:    endpoints.OrderID,
			Total: total * (1 - order.Discount),
			Order: *order,
		},
	}, nil
}

func (service) Measure(_ context.Context, in api.MeasureParams) (*api.Measure, error) {
	measure := api.Measure(endpoints.MeasureAll(endpoints.Sixteen(in)))
	return &measure, nil
}

func (service) Register(_ context.Context, form *api.SignUp) (*api.Account, error) {
	account := api.Account(endpoints.Register(endpoints.SignUp(*form)))
	return &account, nil
}

func (service) ImportOrders(_ context.Context, orders []api.NewOrder) (*api.Import, error) {
	out := api.Import{Orders: len(orders)}
	for i := range orders {
		for _, item := range orders[i].Items {
			out.Quantity += item.Quantity
		}
	}
	return &out, nil
}
