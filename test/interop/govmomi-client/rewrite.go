package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	_ "github.com/vmware/govmomi/cli/esx" // brings the types of esxcli over SOAP
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// request says what a client asked for, whatever the form it wrote it in.
type request struct {
	Method string
	Target string
	Fields []node
}

// node is a parameter or a field; the Text of a reference is TYPE:ID.
type node struct {
	Name, Type, Text string
	Fields           []node
}

// rewrite reads requests as JSON and answers with the XML that govmomi's own types and encoder make of each.
func rewrite() error {
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		return err
	}
	written := []string{}
	for _, one := range requests {
		text, err := write(one)
		if err != nil {
			return fmt.Errorf("%s: %w", one.Method, err)
		}
		written = append(written, text)
	}
	return json.NewEncoder(os.Stdout).Encode(written)
}

func write(one request) (string, error) {
	declared, ok := types.TypeFunc()(one.Method)
	if !ok {
		return "", fmt.Errorf("there is no such method")
	}
	// What the body of each method looks like in govmomi: one field, named as the method.
	tag := reflect.StructTag(fmt.Sprintf(`xml:"urn:vim25 %s"`, one.Method))
	body := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Req", Type: declared, Tag: tag}})).Elem()
	if err := fill(body.Field(0), append([]node{{Name: "_this", Text: one.Target}}, one.Fields...)); err != nil {
		return "", err
	}
	text, err := xml.Marshal(soap.Envelope{Body: body.Interface()})
	return string(text), err
}

func fill(target reflect.Value, fields []node) error {
	for _, field := range fields {
		place, ok := findField(target, field.Name)
		if !ok {
			return fmt.Errorf("%s has no field %s", target.Type(), field.Name)
		}
		if place.Kind() == reflect.Slice {
			place.Set(reflect.Append(place, reflect.Zero(place.Type().Elem())))
			place = place.Index(place.Len() - 1)
		}
		if err := set(place, field); err != nil {
			return fmt.Errorf("%s: %w", field.Name, err)
		}
	}
	return nil
}

// findField finds a field by its name on the wire, in embedded base types too.
func findField(target reflect.Value, name string) (reflect.Value, bool) {
	for i := range target.NumField() {
		field := target.Type().Field(i)
		wire := strings.Split(field.Tag.Get("xml"), ",")[0]
		if wire[strings.LastIndex(wire, " ")+1:] == name {
			return target.Field(i), true
		}
		if field.Anonymous {
			if found, ok := findField(target.Field(i), name); ok {
				return found, true
			}
		}
	}
	return reflect.Value{}, false
}

func set(place reflect.Value, from node) error {
	switch place.Kind() {
	case reflect.Pointer:
		place.Set(reflect.New(place.Type().Elem()))
		return set(place.Elem(), from)
	case reflect.Interface:
		declared, ok := types.TypeFunc()(from.Type)
		if !ok {
			return fmt.Errorf("there is no type %s", from.Type)
		}
		concrete := reflect.New(declared)
		place.Set(concrete)
		return set(concrete.Elem(), from)
	case reflect.Struct:
		if reference, ok := place.Addr().Interface().(*types.ManagedObjectReference); ok {
			reference.Type, reference.Value, _ = strings.Cut(from.Text, ":")
			return nil
		}
		if moment, ok := place.Addr().Interface().(*time.Time); ok {
			var err error
			*moment, err = time.Parse(time.RFC3339, from.Text)
			return err
		}
		return fill(place, from.Fields)
	case reflect.String:
		place.SetString(from.Text)
		return nil
	case reflect.Bool:
		place.SetBool(from.Text == "true")
		return nil
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		number, err := strconv.ParseInt(from.Text, 10, place.Type().Bits())
		place.SetInt(number)
		return err
	default:
		return fmt.Errorf("a %s can't be set", place.Type())
	}
}
