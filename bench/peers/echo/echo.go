// Package echo answers the endpoints with labstack/echo.
package echo

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// Handler returns the endpoints.
func Handler() http.Handler {
	e := echo.New()
	e.GET("/ping", ping)
	e.GET("/users", listUsers)
	e.GET("/users/:id", getUser)
	e.GET("/search", search)
	e.POST("/orders", placeOrder)
	e.GET("/measure/:a/:b/:c/:d/:e/:f/:g/:h", measure)
	e.POST("/accounts", register)
	e.POST("/imports", importOrders)
	return e
}

func ping(c echo.Context) error {
	return c.String(http.StatusOK, endpoints.Pong())
}

func listUsers(c echo.Context) error {
	return c.JSON(http.StatusOK, endpoints.ListUsers())
}

func getUser(c echo.Context) error {
	var in struct {
		ID int64 `param:"id"`
	}
	if err := c.Bind(&in); err != nil {
		return refuse(c, "path", "id", "must be an integer")
	}
	return c.JSON(http.StatusOK, endpoints.FindUser(in.ID))
}

func search(c echo.Context) error {
	var query struct {
		Text  string  `query:"text"`
		Page  int     `query:"page"`
		Limit int     `query:"limit"`
		Sort  string  `query:"sort"`
		Desc  bool    `query:"desc"`
		Min   float64 `query:"min"`
	}
	if err := c.Bind(&query); err != nil {
		return refuse(c, "query", "", err.Error())
	}
	session, err := c.Cookie("session")
	if err != nil {
		return refuse(c, "cookie", "session", "is missing")
	}
	return c.JSON(http.StatusOK, endpoints.Find(endpoints.Search{
		Text:    query.Text,
		Page:    query.Page,
		Limit:   query.Limit,
		Sort:    query.Sort,
		Desc:    query.Desc,
		Min:     query.Min,
		Tenant:  c.Request().Header.Get("X-Tenant"),
		Session: session.Value,
	}))
}

func placeOrder(c echo.Context) error {
	var order endpoints.NewOrder
	if err := c.Bind(&order); err != nil {
		return refuse(c, "body", "", err.Error())
	}
	placed := endpoints.PlaceOrder(order)
	c.Response().Header().Set(echo.HeaderLocation, placed.Location())
	return c.JSON(http.StatusCreated, placed)
}

func measure(c echo.Context) error {
	var in struct {
		A int64  `param:"a"`
		B string `param:"b"`
		C int64  `param:"c"`
		D string `param:"d"`
		E int64  `param:"e"`
		F string `param:"f"`
		G int64  `param:"g"`
		H string `param:"h"`
		I int64  `query:"i"`
		J string `query:"j"`
		K int64  `query:"k"`
		L string `query:"l"`
		M int64  `query:"m"`
		N string `query:"n"`
		O int64  `query:"o"`
		P string `query:"p"`
	}
	if err := c.Bind(&in); err != nil {
		return refuse(c, "query", "", err.Error())
	}
	return c.JSON(http.StatusOK, endpoints.MeasureAll(endpoints.Sixteen(in)))
}

func register(c echo.Context) error {
	var form struct {
		Name       string `form:"name"`
		Email      string `form:"email"`
		Age        int    `form:"age"`
		City       string `form:"city"`
		Plan       string `form:"plan"`
		Newsletter bool   `form:"newsletter"`
		Referrer   string `form:"referrer"`
	}
	if err := c.Bind(&form); err != nil {
		return refuse(c, "form", "", err.Error())
	}
	return c.JSON(http.StatusOK, endpoints.Register(endpoints.SignUp(form)))
}

func importOrders(c echo.Context) error {
	var orders []endpoints.NewOrder
	if err := c.Bind(&orders); err != nil {
		return refuse(c, "body", "", err.Error())
	}
	return c.JSON(http.StatusOK, endpoints.ImportOrders(orders))
}

func refuse(c echo.Context, in, name, detail string) error {
	c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
	return c.JSON(http.StatusBadRequest, endpoints.BadRequest(in, name, detail))
}
