package endpoints

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
)

// A Request is one request to measure, and the answer that it deserves.
type Request struct {
	Name        string // of its row, "4-json-body"
	Title       string // for people: "nested JSON in, 201 with Location and JSON out"
	Method      string
	Target      string
	Header      http.Header
	ContentType string
	Body        []byte
	Status      int
	Location    string
	Answer      any // a text, or what the JSON of the answer holds
}

// Requests returns the measured requests, one for each row of the tables.
func Requests() []Request {
	return []Request{
		{
			Name: "1-ping", Title: "a text",
			Method: "GET", Target: "/ping",
			Status: 200, Answer: Pong(),
		},
		{
			Name: "2-path-json", Title: "an int64 from the path, JSON of a six-field struct",
			Method: "GET", Target: "/users/1234567",
			Status: 200, Answer: FindUser(1234567),
		},
		{
			Name: "3-search", Title: "six query values, a header and a cookie, JSON",
			Method: "GET",
			Target: "/search?text=hello%20world&page=3&limit=50&sort=created&desc=true&min=2.5",
			Header: http.Header{
				"X-Tenant": {"acme"},
				"Cookie":   {"theme=dark; session=0123456789abcdef"},
			},
			Status: 200,
			Answer: SearchResult{
				Text: "hello world", Page: 3, Limit: 50, Sort: "created", Desc: true, Min: 2.5,
				Tenant: "acme", Session: "0123456789abcdef",
			},
		},
		{
			Name: "4-json-body", Title: "nested JSON in, 201 with Location and JSON out",
			Method: "POST", Target: "/orders",
			ContentType: "application/json", Body: []byte(orderJSON),
			Status: 201, Location: "/orders/4711", Answer: PlaceOrder(order),
		},
		{
			Name: "5-params16", Title: "eight path and eight query values",
			Method: "GET",
			Target: "/measure/11/two/33/four/55/six/77/eight" +
				"?i=99&j=ten&k=1111&l=twelve&m=1313&n=fourteen&o=1515&p=sixteen",
			Status: 200,
			Answer: Measure{
				Sum:    11 + 33 + 55 + 77 + 99 + 1111 + 1313 + 1515,
				Length: len("twofoursixeighttentwelvefourteensixteen"),
			},
		},
		{
			Name: "6-form", Title: "an urlencoded form with seven fields",
			Method: "POST", Target: "/accounts",
			ContentType: "application/x-www-form-urlencoded",
			Body: []byte("name=Ada+Lovelace&email=ada%40example.com&age=36&city=London" +
				"&plan=pro&newsletter=true&referrer=a+friend"),
			Status: 200,
			Answer: Account{ID: 815, Name: "Ada Lovelace", Email: "ada@example.com", Plan: "pro"},
		},
		{
			Name: "7-list1000", Title: "a list of 1,000 structs",
			Method: "GET", Target: "/users",
			Status: 200, Answer: ListUsers(),
		},
		{
			Name: "8-bulk1MB", Title: "a JSON array of 1 MB in",
			Method: "POST", Target: "/imports",
			ContentType: "application/json", Body: bulk,
			Status: 200, Answer: Import{Orders: bulkOrders, Quantity: 3 * bulkOrders},
		},
		{
			Name: "9-bad-path", Title: "a path value that is no integer, 400 with a JSON problem",
			Method: "GET", Target: "/users/12x",
			Status: 400, Answer: BadRequest("path", "id", "must be an integer"),
		},
	}
}

const orderJSON = `{"customer":"Ada Lovelace","email":"ada@example.com","currency":"EUR","express":true,"discount":0.25,` +
	`"address":{"street":"12 St James's Square","city":"London","zip":"SW1Y 4JH","country":"GB"},` +
	`"items":[{"sku":"A-1001","quantity":2,"price":9.75},{"sku":"B-2002","quantity":1,"price":120}],"tags":["gift","first"]}`

// order is what orderJSON holds.
var order = NewOrder{
	Customer: "Ada Lovelace",
	Email:    "ada@example.com",
	Currency: "EUR",
	Express:  true,
	Discount: 0.25,
	Address:  Address{Street: "12 St James's Square", City: "London", Zip: "SW1Y 4JH", Country: "GB"},
	Items:    []Item{{SKU: "A-1001", Quantity: 2, Price: 9.75}, {SKU: "B-2002", Quantity: 1, Price: 120}},
	Tags:     []string{"gift", "first"},
}

// bulkOrders is how many orders make up 1 MB.
const bulkOrders = 1<<20/len(orderJSON) + 1

// bulk is a JSON array of orders.
var bulk = []byte("[" + strings.Repeat(orderJSON+",", bulkOrders-1) + orderJSON + "]")

// New returns a fresh request as a server would hand it to a handler.
func (q Request) New() *http.Request {
	r := httptest.NewRequest(q.Method, q.Target, http.NoBody)
	maps.Copy(r.Header, q.Header)
	if q.ContentType != "" {
		r.Header["Content-Type"] = []string{q.ContentType}
	}
	if q.Body != nil {
		r.Body = io.NopCloser(bytes.NewReader(q.Body))
		r.ContentLength = int64(len(q.Body))
	}
	return r
}
