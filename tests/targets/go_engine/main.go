// The parts of listmonk's engine that our templates use: reads a template and prints the result.
// recorded.json contains its output with Go 1.19; run it again with `go run main.go < template`.
package main

import (
	"fmt"
	"html/template"
	"io"
	"os"
	"regexp"
)

type sub struct{ Name, FirstName, Email string }
type data struct{ Subscriber sub }

func main() {
	body, _ := io.ReadAll(os.Stdin)
	re := regexp.MustCompile(`{{(\s+)?(UnsubscribeURL|MessageURL)(\s+)?}}`)
	src := re.ReplaceAllString(string(body), `{{ $2 . }}`)
	funcs := template.FuncMap{
		"Safe":           func(s string) template.HTML { return template.HTML(s) },
		"UnsubscribeURL": func(d data) string { return "https://lists.quay.example/leave/1?a=b&c=d" },
		"MessageURL":     func(d data) string { return "https://lists.quay.example/view/1" },
	}
	t, err := template.New("t").Funcs(funcs).Parse(src)
	if err == nil {
		err = t.Execute(os.Stdout, data{sub{"O'Brien & <Söhne>", "O'Brien", "a@b.example"}})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
