// Package optimum answers the endpoints as fast as net/http.ServeMux and
// encoding/json allow by hand.
//
// It is as strict as generated code and answers with the same bytes: what is
// missing, given twice, malformed or out of range is refused, and every problem
// of a request is reported. A handler reads its request in one pass and only
// notices that something is wrong; the functions in strict.go then read it
// again, at leisure, and name every problem.
package optimum

import (
	"io"
	"net/http"
	"strconv"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// Handler returns the endpoints.
func Handler() http.Handler {
	routes := map[string]http.HandlerFunc{
		"GET /ping":       ping,
		"GET /users":      listUsers,
		"GET /users/{id}": getUser,
		"GET /search":     search,
		"POST /orders":    placeOrder,
		"GET /measure/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}": measure,
		"POST /accounts": register,
		"POST /imports":  importOrders,
	}
	exact, mux := http.NewServeMux(), http.NewServeMux()
	for pattern, h := range routes {
		exact.HandleFunc(pattern, h)
		mux.HandleFunc(pattern, h)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { refuseRoute(exact, w, r) })
	return mux
}

func ping(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Content-Type"] = contentText
	_, _ = io.WriteString(w, endpoints.Pong())
}

func listUsers(w http.ResponseWriter, _ *http.Request) {
	users := endpoints.ListUsers()
	writeJSON(w, http.StatusOK, &users)
}

func getUser(w http.ResponseWriter, r *http.Request) {
	id, ok := parseInt(r.PathValue("id"))
	if !ok {
		refuseGetUser(w, r)
		return
	}
	user := endpoints.FindUser(id)
	writeJSON(w, http.StatusOK, &user)
}

func search(w http.ResponseWriter, r *http.Request) {
	var in endpoints.Search
	var seen once
	query := scan(r.URL.RawQuery)
	for rest := r.URL.RawQuery; rest != ""; {
		var name, value string
		name, value, rest = query.cut(rest)
		switch name {
		case "text":
			in.Text = value
			seen.mark(1<<0, true)
		case "page":
			n, ok := parseInt(value)
			in.Page = int(n)
			seen.mark(1<<1, ok)
		case "limit":
			n, ok := parseInt(value)
			in.Limit = int(n)
			seen.mark(1<<2, ok)
		case "sort":
			in.Sort = value
			seen.mark(1<<3, true)
		case "desc":
			b, err := strconv.ParseBool(value)
			in.Desc = b
			seen.mark(1<<4, err == nil)
		case "min":
			f, ok := parseFloat(value)
			in.Min = f
			seen.mark(1<<5, ok)
		}
	}
	tenant := r.Header["X-Tenant"]
	session, ok := cookie(r.Header["Cookie"], "session")
	if query.malformed || !seen.all(6) || len(tenant) != 1 || !ok {
		refuseSearch(w, r)
		return
	}
	in.Tenant, in.Session = tenant[0], session
	out := endpoints.Find(in)
	writeJSON(w, http.StatusOK, &out)
}

func placeOrder(w http.ResponseWriter, r *http.Request) {
	var order endpoints.NewOrder
	if !readJSON(w, r, &order) {
		return
	}
	placed := endpoints.PlaceOrder(order)
	w.Header()["Location"] = []string{placed.Location()}
	writeJSON(w, http.StatusCreated, &placed)
}

func measure(w http.ResponseWriter, r *http.Request) {
	in := endpoints.Sixteen{
		B: r.PathValue("b"),
		D: r.PathValue("d"),
		F: r.PathValue("f"),
		H: r.PathValue("h"),
	}
	var okA, okC, okE, okG bool
	in.A, okA = parseInt(r.PathValue("a"))
	in.C, okC = parseInt(r.PathValue("c"))
	in.E, okE = parseInt(r.PathValue("e"))
	in.G, okG = parseInt(r.PathValue("g"))
	var seen once
	query := scan(r.URL.RawQuery)
	for rest := r.URL.RawQuery; rest != ""; {
		var name, value string
		name, value, rest = query.cut(rest)
		switch name {
		case "i":
			n, ok := parseInt(value)
			in.I = n
			seen.mark(1<<0, ok)
		case "j":
			in.J = value
			seen.mark(1<<1, true)
		case "k":
			n, ok := parseInt(value)
			in.K = n
			seen.mark(1<<2, ok)
		case "l":
			in.L = value
			seen.mark(1<<3, true)
		case "m":
			n, ok := parseInt(value)
			in.M = n
			seen.mark(1<<4, ok)
		case "n":
			in.N = value
			seen.mark(1<<5, true)
		case "o":
			n, ok := parseInt(value)
			in.O = n
			seen.mark(1<<6, ok)
		case "p":
			in.P = value
			seen.mark(1<<7, true)
		}
	}
	if !okA || !okC || !okE || !okG || query.malformed || !seen.all(8) {
		refuseMeasure(w, r)
		return
	}
	out := endpoints.MeasureAll(in)
	writeJSON(w, http.StatusOK, &out)
}

func register(w http.ResponseWriter, r *http.Request) {
	text, ok := readForm(w, r)
	if !ok {
		return
	}
	var in endpoints.SignUp
	var seen once
	form := scan(text)
	for rest := text; rest != ""; {
		var name, value string
		name, value, rest = form.cut(rest)
		switch name {
		case "name":
			in.Name = value
			seen.mark(1<<0, true)
		case "email":
			in.Email = value
			seen.mark(1<<1, true)
		case "age":
			n, ok := parseInt(value)
			in.Age = int(n)
			seen.mark(1<<2, ok)
		case "city":
			in.City = value
			seen.mark(1<<3, true)
		case "plan":
			in.Plan = value
			seen.mark(1<<4, true)
		case "newsletter":
			b, err := strconv.ParseBool(value)
			in.Newsletter = b
			seen.mark(1<<5, err == nil)
		case "referrer":
			in.Referrer = value
			seen.mark(1<<6, true)
		}
	}
	if form.malformed || !seen.all(7) {
		refuseRegister(w, text)
		return
	}
	out := endpoints.Register(in)
	writeJSON(w, http.StatusOK, &out)
}

func importOrders(w http.ResponseWriter, r *http.Request) {
	var orders []endpoints.NewOrder
	if !readJSON(w, r, &orders) {
		return
	}
	out := endpoints.ImportOrders(orders)
	writeJSON(w, http.StatusOK, &out)
}
