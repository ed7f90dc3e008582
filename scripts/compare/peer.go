// Measures how long golang-jwt takes to verify a token: peer FILE golang-jwt ALGORITHM SECONDS. What is in the file, and what is
// printed, scripts/compare/table.py says.
package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt"
)

// The version of the library, which the linker is told.
var version string

type task struct {
	Token string
	Wrong map[string]string
	JWK   struct{ K string }
	PEM   string
}

type claims struct {
	jwt.RegisteredClaims
	Scope string   `json:"scope"`
	Email string   `json:"email"`
	Roles []string `json:"roles"`
}

// Reads the key once.
func (task task) key(algorithm string) (interface{}, error) {
	switch algorithm {
	case "HS256":
		return base64.RawURLEncoding.DecodeString(task.JWK.K)
	case "RS256":
		return jwt.ParseRSAPublicKeyFromPEM([]byte(task.PEM))
	case "ES256":
		return jwt.ParseECPublicKeyFromPEM([]byte(task.PEM))
	}
	return jwt.ParseEdPublicKeyFromPEM([]byte(task.PEM))
}

func print(answer map[string]interface{}) {
	check(json.NewEncoder(os.Stdout).Encode(answer))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	file, algorithm := os.Args[1], os.Args[3]
	seconds, err := strconv.ParseFloat(os.Args[4], 64)
	check(err)
	octets, err := os.ReadFile(file)
	check(err)
	var content struct {
		Issuer, Audience string
		Tasks            map[string]task
	}
	check(json.Unmarshal(octets, &content))
	task := content.Tasks[algorithm]
	key, err := task.key(algorithm)
	check(err)
	parser := jwt.NewParser(jwt.WithValidMethods([]string{algorithm}))
	keys := func(*jwt.Token) (interface{}, error) { return key, nil }

	// The library looks at the times; at issuer and audience it looks when it is asked.
	verify := func(token string) (*claims, error) {
		var claims claims
		if _, err := parser.ParseWithClaims(token, &claims, keys); err != nil {
			return nil, err
		}
		if !claims.VerifyIssuer(content.Issuer, true) || !claims.VerifyAudience(content.Audience, true) || claims.ExpiresAt == nil {
			return nil, errors.New("the claims are for somebody else")
		}
		return &claims, nil
	}

	found, err := verify(task.Token)
	if err != nil {
		print(map[string]interface{}{"unsupported": err.Error()})
		return
	}
	if found.Scope == "" || found.Email == "" || len(found.Roles) != 2 {
		check(errors.New("claims are missing"))
	}
	for what, wrong := range task.Wrong {
		if _, err := verify(wrong); err == nil {
			check(errors.New("golang-jwt does not look at the " + what))
		}
	}

	// Nanoseconds for each of so many.
	batch := func(times int) float64 {
		start := time.Now()
		for time := 0; time < times; time++ {
			if _, err := verify(task.Token); err != nil {
				check(err)
			}
		}
		return float64(time.Since(start).Nanoseconds()) / float64(times)
	}
	times := 1
	for warm := time.Now().Add(500 * time.Millisecond); time.Now().Before(warm); {
		times = int(10e6/batch(times)) + 1 // a batch of 10 ms
	}
	var measured []float64
	for end := time.Now().Add(time.Duration(seconds * 1e9)); time.Now().Before(end) || len(measured) < 5; {
		measured = append(measured, batch(times))
	}
	sort.Float64s(measured)
	on := "Go " + strings.TrimPrefix(runtime.Version(), "go")
	print(map[string]interface{}{"version": version, "runtime": on, "nanoseconds": measured[len(measured)/2]})
}
