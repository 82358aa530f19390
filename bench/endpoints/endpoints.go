// Package endpoints holds the types and the work of the measured endpoints, so
// that all contenders do the same and differ only in how they get there.
package endpoints

import (
	"strconv"
	"time"
)

// Pong answers a ping.
func Pong() string { return "pong" }

// A User has six fields.
type User struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Email   string    `json:"email"`
	Active  bool      `json:"active"`
	Score   float64   `json:"score"`
	Created time.Time `json:"created"`
}

var created = time.Date(2026, time.January, 2, 15, 4, 5, 0, time.UTC)

// FindUser returns the user with the given id.
func FindUser(id int64) User {
	return User{
		ID:      id,
		Name:    "Ada Lovelace",
		Email:   "ada.lovelace@example.com",
		Active:  true,
		Score:   98.5,
		Created: created,
	}
}

var users = func() []User {
	list := make([]User, 1000)
	for i := range list {
		list[i] = FindUser(int64(i) + 1)
	}
	return list
}()

// ListUsers returns 1,000 users. The slice is shared: nobody may write to it.
func ListUsers() []User { return users }

// Search is what a search reads: six query values, a header and a cookie.
type Search struct {
	Text    string
	Page    int
	Limit   int
	Sort    string
	Desc    bool
	Min     float64
	Tenant  string
	Session string
}

// A SearchResult is the answer to a Search.
type SearchResult struct {
	Text    string  `json:"text"`
	Page    int     `json:"page"`
	Limit   int     `json:"limit"`
	Sort    string  `json:"sort"`
	Desc    bool    `json:"desc"`
	Min     float64 `json:"min"`
	Tenant  string  `json:"tenant"`
	Session string  `json:"session"`
}

// Find answers a search.
func Find(s Search) SearchResult { return SearchResult(s) }

// An Address is nested in an order.
type Address struct {
	Street  string `json:"street"`
	City    string `json:"city"`
	Zip     string `json:"zip"`
	Country string `json:"country"`
}

// An Item is nested in an order.
type Item struct {
	SKU      string  `json:"sku"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"price"`
}

// A NewOrder has eight fields, two of them nested.
type NewOrder struct {
	Customer string   `json:"customer"`
	Email    string   `json:"email"`
	Currency string   `json:"currency"`
	Express  bool     `json:"express"`
	Discount float64  `json:"discount"`
	Address  Address  `json:"address"`
	Items    []Item   `json:"items"`
	Tags     []string `json:"tags"`
}

// An Order is a NewOrder that has been placed.
type Order struct {
	ID    int64    `json:"id"`
	Total float64  `json:"total"`
	Order NewOrder `json:"order"`
}

// OrderID is the id that every order gets.
const OrderID = 4711

// Location is the path at which an order can be found.
func (o *Order) Location() string {
	var buf [32]byte
	return string(strconv.AppendInt(append(buf[:0], "/orders/"...), o.ID, 10))
}

// PlaceOrder places an order.
func PlaceOrder(order NewOrder) Order {
	return Order{ID: OrderID, Total: total(&order), Order: order}
}

func total(order *NewOrder) float64 {
	var sum float64
	for i := range order.Items {
		sum += float64(order.Items[i].Quantity) * order.Items[i].Price
	}
	return sum * (1 - order.Discount)
}

// An Import sums up many orders.
type Import struct {
	Orders   int `json:"orders"`
	Quantity int `json:"quantity"`
}

// ImportOrders takes many orders at once.
func ImportOrders(orders []NewOrder) Import {
	out := Import{Orders: len(orders)}
	for i := range orders {
		for j := range orders[i].Items {
			out.Quantity += orders[i].Items[j].Quantity
		}
	}
	return out
}

// Sixteen is what Measure reads: A to H from the path, I to P from the query.
type Sixteen struct {
	A int64
	B string
	C int64
	D string
	E int64
	F string
	G int64
	H string
	I int64
	J string
	K int64
	L string
	M int64
	N string
	O int64
	P string
}

// A Measure is the answer to Sixteen.
type Measure struct {
	Sum    int64 `json:"sum"`
	Length int   `json:"length"`
}

// MeasureAll adds up the numbers and the lengths of the texts.
func MeasureAll(s Sixteen) Measure {
	return Measure{
		Sum: s.A + s.C + s.E + s.G + s.I + s.K + s.M + s.O,
		Length: len(s.B) + len(s.D) + len(s.F) + len(s.H) +
			len(s.J) + len(s.L) + len(s.N) + len(s.P),
	}
}

// A SignUp is a form with seven fields.
type SignUp struct {
	Name       string
	Email      string
	Age        int
	City       string
	Plan       string
	Newsletter bool
	Referrer   string
}

// An Account is the answer to a SignUp.
type Account struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Plan  string `json:"plan"`
}

// Register opens an account.
func Register(s SignUp) Account {
	return Account{ID: 815, Name: s.Name, Email: s.Email, Plan: s.Plan}
}

// A Problem is an answer of RFC 9457, for the contenders that leave its form to
// their user.
type Problem struct {
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Errors []ProblemValue `json:"errors"`
}

// A ProblemValue is one value that could not be read.
type ProblemValue struct {
	In     string `json:"in"`
	Name   string `json:"name,omitempty"`
	Detail string `json:"detail"`
}

// BadRequest is a 400 for one value that could not be read.
func BadRequest(in, name, detail string) Problem {
	return Problem{
		Title:  "Bad Request",
		Status: 400,
		Detail: "1 value of the request is not valid",
		Errors: []ProblemValue{{In: in, Name: name, Detail: detail}},
	}
}
