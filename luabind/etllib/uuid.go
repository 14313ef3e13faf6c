package etllib

import (
	"encoding/binary"
	"strings"

	"github.com/google/uuid"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
)

// uuidEntries are the functions over UUIDs.
func uuidEntries() []Entry {
	return []Entry{
		{
			Name: "uuid.v4", Kind: record.String, Gives: "string",
			Doc: "A random UUID, drawn as math.random draws for the row: a replay of the run gives the same. " +
				"Behind join and aggregate, rows have no line of a source of their own, and several may draw the same: use v5 of the key there.",
			Example: `etl.re.test(etl.uuid.v4(), "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]")`,
			run: func(c call) int {
				id := c.random()
				return c.identifier(id, 4)
			},
		},
		{
			Name: "uuid.v5", Params: []Param{{Name: "namespace"}, {Name: "name"}}, Pure: true, Kind: record.String, Gives: "string", run: uuidV5,
			Doc:     "The UUID of a name in a namespace, which is a UUID or \"dns\", \"url\", \"oid\" or \"x500\": the same for the same name.",
			Example: `etl.uuid.v5("dns", "www.example.com") == "2ed6657d-e927-568b-95e1-2665a8aea6a2"`,
		},
		{
			Name: "uuid.v7", Kind: record.String, Gives: "string",
			Doc:     "A UUID that begins with the time of the run, as os.time gives it, and goes on at random; what is said of v4 holds here.",
			Example: `#etl.uuid.v7() == 36`,
			run: func(c call) int {
				id := c.random()
				var ms [8]byte
				binary.BigEndian.PutUint64(ms[:], uint64(c.lib.state.Now().UnixMilli()))
				copy(id[:6], ms[2:])
				return c.identifier(id, 7)
			},
		},
		{
			Name: "uuid.parse", Params: []Param{{Name: "text"}}, Pure: true, Kind: record.String, OrNil: true, Gives: "string, nil",
			Doc:     "The UUID in its canonical form, 36 characters in lower case; nil if the text is none. Braces, urn:uuid: and missing dashes are fine.",
			Example: `etl.uuid.parse("{2ED6657D-E927-568B-95E1-2665A8AEA6A2}") == "2ed6657d-e927-568b-95e1-2665a8aea6a2"`,
			run: func(c call) int {
				id, ok := parseUUID(c.text(0))
				if !ok {
					return c.give(lua.LNil)
				}
				return c.giveText(id.String())
			},
		},
	}
}

// random are 16 bytes of the state's source.
func (c call) random() uuid.UUID {
	var id uuid.UUID
	source := c.lib.state.Random()
	binary.LittleEndian.PutUint64(id[:8], source.Uint64())
	binary.LittleEndian.PutUint64(id[8:], source.Uint64())
	return id
}

// identifier gives a UUID of a version.
func (c call) identifier(id uuid.UUID, version byte) int {
	id[6] = id[6]&0x0f | version<<4
	id[8] = id[8]&0x3f | 0x80
	return c.giveText(id.String())
}

func uuidV5(c call) int {
	space, ok := namespace(c.text(0))
	if !ok {
		c.refuse(0, "a UUID, dns, url, oid or x500 expected, got %q", c.text(0))
	}
	name := c.text(1)
	return c.giveText(uuid.NewSHA1(space, []byte(name)).String())
}

func namespace(text string) (uuid.UUID, bool) {
	switch text {
	case "dns":
		return uuid.NameSpaceDNS, true
	case "url":
		return uuid.NameSpaceURL, true
	case "oid":
		return uuid.NameSpaceOID, true
	case "x500":
		return uuid.NameSpaceX500, true
	}
	return parseUUID(text)
}

// parseUUID reads the forms of a UUID. The library takes any characters for
// braces.
func parseUUID(text string) (uuid.UUID, bool) {
	if len(text) == 38 && (!strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}")) {
		return uuid.UUID{}, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil
}
