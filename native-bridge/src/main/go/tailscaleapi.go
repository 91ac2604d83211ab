package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tailscale.com/net/tshttpproxy"
)

// api is the part of Tailscale's API (https://tailscale.com/api) that makes auth keys.
type api struct{ base string }

const (
	apiTimeout     = 20 * time.Second
	maxAPIResponse = 64 << 10
)

var apiClient = &http.Client{
	Timeout: apiTimeout,
	Transport: &http.Transport{
		Proxy:               tshttpproxy.ProxyFromEnvironment,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     time.Second,
	},
	// A redirect would carry the secret elsewhere.
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// token gets an access token (RFC 6749, section 5.1).
func (a api) token(ctx context.Context, path string, form url.Values) (string, error) {
	body, err := a.post(ctx, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), "")
	if err != nil {
		return "", err
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("%s answers without an access token", a.base)
	}
	return answer.AccessToken, nil
}

// makeKey makes an auth key for one node.
func (a api) makeKey(ctx context.Context, token string, tags []string, attributes keyAttributes) (string, error) {
	type create struct {
		Reusable      bool     `json:"reusable"`
		Ephemeral     bool     `json:"ephemeral"`
		Preauthorized bool     `json:"preauthorized"`
		Tags          []string `json:"tags"`
	}
	var wanted struct {
		Capabilities struct {
			Devices struct {
				Create create `json:"create"`
			} `json:"devices"`
		} `json:"capabilities"`
	}
	wanted.Capabilities.Devices.Create = create{false, attributes.ephemeral, attributes.preauthorized, tags}
	text, err := json.Marshal(wanted)
	if err != nil {
		return "", err
	}
	body, err := a.post(ctx, "/api/v2/tailnet/-/keys", "application/json", bytes.NewReader(text), token)
	if err != nil {
		return "", err
	}
	var answer struct {
		Key string `json:"key"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Key == "" {
		return "", fmt.Errorf("%s answers without an auth key", a.base)
	}
	return answer.Key, nil
}

func (a api) post(ctx context.Context, path, contentType string, content io.Reader, token string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.base+path, content)
	if err != nil {
		return nil, &refusal{"the API's address " + a.base + " is no URL"}
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Accept", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := apiClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached: %w", a.base, unwrapURL(err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAPIResponse))
	if err != nil {
		return nil, fmt.Errorf("%s breaks off its answer: %w", a.base, err)
	}
	return body, a.judge(response.StatusCode, body)
}

// judge tells a no for good from a fault that may pass.
func (a api) judge(status int, body []byte) error {
	if status >= 200 && status < 300 {
		return nil
	}
	words := fmt.Sprintf("%d %s", status, http.StatusText(status))
	var answer struct {
		Message     string `json:"message"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) == nil {
		for _, more := range []string{answer.Description, answer.Message, answer.Error} {
			if more != "" {
				words += ": " + more
				break
			}
		}
	}
	if status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout {
		return &refusal{words}
	}
	return fmt.Errorf("%s answers %s", a.base, words)
}

// unwrapURL drops the method and URL that the sentence around it has.
func unwrapURL(err error) error {
	if wrapped, ok := err.(*url.Error); ok {
		return wrapped.Err
	}
	return err
}
