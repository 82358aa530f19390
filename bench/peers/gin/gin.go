// Package gin answers the endpoints with gin-gonic/gin, without its logger and
// recovery.
package gin

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// Handler returns the endpoints.
func Handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.GET("/ping", ping)
	router.GET("/users", listUsers)
	router.GET("/users/:id", getUser)
	router.GET("/search", search)
	router.POST("/orders", placeOrder)
	router.GET("/measure/:a/:b/:c/:d/:e/:f/:g/:h", measure)
	router.POST("/accounts", register)
	router.POST("/imports", importOrders)
	return router
}

func ping(c *gin.Context) {
	c.String(http.StatusOK, endpoints.Pong())
}

func listUsers(c *gin.Context) {
	c.JSON(http.StatusOK, endpoints.ListUsers())
}

func getUser(c *gin.Context) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		refuse(c, "path", "id", "must be an integer")
		return
	}
	c.JSON(http.StatusOK, endpoints.FindUser(id))
}

func search(c *gin.Context) {
	var query struct {
		Text  string  `form:"text"`
		Page  int     `form:"page"`
		Limit int     `form:"limit"`
		Sort  string  `form:"sort"`
		Desc  bool    `form:"desc"`
		Min   float64 `form:"min"`
	}
	if err := c.ShouldBindQuery(&query); err != nil {
		refuse(c, "query", "", err.Error())
		return
	}
	session, err := c.Cookie("session")
	if err != nil {
		refuse(c, "cookie", "session", "is missing")
		return
	}
	c.JSON(http.StatusOK, endpoints.Find(endpoints.Search{
		Text:    query.Text,
		Page:    query.Page,
		Limit:   query.Limit,
		Sort:    query.Sort,
		Desc:    query.Desc,
		Min:     query.Min,
		Tenant:  c.GetHeader("X-Tenant"),
		Session: session,
	}))
}

func placeOrder(c *gin.Context) {
	var order endpoints.NewOrder
	if err := c.ShouldBindJSON(&order); err != nil {
		refuse(c, "body", "", err.Error())
		return
	}
	placed := endpoints.PlaceOrder(order)
	c.Header("Location", placed.Location())
	c.JSON(http.StatusCreated, placed)
}

func measure(c *gin.Context) {
	var path struct {
		A int64  `uri:"a"`
		B string `uri:"b"`
		C int64  `uri:"c"`
		D string `uri:"d"`
		E int64  `uri:"e"`
		F string `uri:"f"`
		G int64  `uri:"g"`
		H string `uri:"h"`
	}
	if err := c.ShouldBindUri(&path); err != nil {
		refuse(c, "path", "", err.Error())
		return
	}
	var query struct {
		I int64  `form:"i"`
		J string `form:"j"`
		K int64  `form:"k"`
		L string `form:"l"`
		M int64  `form:"m"`
		N string `form:"n"`
		O int64  `form:"o"`
		P string `form:"p"`
	}
	if err := c.ShouldBindQuery(&query); err != nil {
		refuse(c, "query", "", err.Error())
		return
	}
	c.JSON(http.StatusOK, endpoints.MeasureAll(endpoints.Sixteen{
		A: path.A, B: path.B, C: path.C, D: path.D, E: path.E, F: path.F, G: path.G, H: path.H,
		I: query.I, J: query.J, K: query.K, L: query.L, M: query.M, N: query.N, O: query.O, P: query.P,
	}))
}

func register(c *gin.Context) {
	var form struct {
		Name       string `form:"name"`
		Email      string `form:"email"`
		Age        int    `form:"age"`
		City       string `form:"city"`
		Plan       string `form:"plan"`
		Newsletter bool   `form:"newsletter"`
		Referrer   string `form:"referrer"`
	}
	if err := c.ShouldBind(&form); err != nil {
		refuse(c, "form", "", err.Error())
		return
	}
	c.JSON(http.StatusOK, endpoints.Register(endpoints.SignUp(form)))
}

func importOrders(c *gin.Context) {
	var orders []endpoints.NewOrder
	if err := c.ShouldBindJSON(&orders); err != nil {
		refuse(c, "body", "", err.Error())
		return
	}
	c.JSON(http.StatusOK, endpoints.ImportOrders(orders))
}

func refuse(c *gin.Context, in, name, detail string) {
	c.Header("Content-Type", "application/problem+json")
	c.JSON(http.StatusBadRequest, endpoints.BadRequest(in, name, detail))
}
