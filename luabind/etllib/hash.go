package etllib

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/fnv"

	"github.com/etlscript/etlscript/engine/record"
)

// hashEntries are the functions that make fingerprints.
func hashEntries() []Entry {
	sum := func(name, doc, example string, fresh func() hash.Hash) Entry {
		return Entry{
			Name: "hash." + name, Params: []Param{{Name: "text"}}, Pure: true, Kind: record.String, Gives: "string of hexadecimal digits",
			Doc: doc, Example: example, run: func(c call) int { return c.digest(fresh(), 0) },
		}
	}
	return []Entry{
		sum("md5", "The MD5 sum of the bytes, for comparing with other systems; it protects nothing.",
			`etl.hash.md5("") == "d41d8cd98f00b204e9800998ecf8427e"`, md5.New),
		sum("sha1", "The SHA-1 sum of the bytes, for comparing with other systems; it protects nothing.",
			`etl.hash.sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d"`, sha1.New),
		sum("sha256", "The SHA-256 sum of the bytes. A plain hash does not protect passwords, nor hides what can be guessed, such as phone numbers.",
			`etl.text.sub(etl.hash.sha256("abc"), 1, 8) == "ba7816bf"`, sha256.New),
		sum("sha512", "The SHA-512 sum of the bytes; what is said of sha256 holds here.",
			`etl.text.sub(etl.hash.sha512("abc"), 1, 8) == "ddaf35a1"`, sha512.New),
		sum("crc32", "The CRC-32 checksum (IEEE) of the bytes.", `etl.hash.crc32("123456789") == "cbf43926"`,
			func() hash.Hash { return crc32.NewIEEE() }),
		sum("fnv64a", "The 64-bit FNV-1a hash of the bytes, for spreading rows.", `etl.hash.fnv64a("a") == "af63dc4c8601ec8c"`,
			func() hash.Hash { return fnv.New64a() }),
		{
			Name: "hash.hmac_sha256", Params: []Param{{Name: "key"}, {Name: "text"}}, Pure: true, Kind: record.String,
			Gives:   "string of hexadecimal digits",
			Doc:     "The HMAC of the bytes with SHA-256 and a secret key: a pseudonym that only who has the key can make.",
			Example: `etl.text.sub(etl.hash.hmac_sha256("key", "The quick brown fox jumps over the lazy dog"), 1, 8) == "f7bc83f4"`,
			run:     func(c call) int { return c.digest(hmac.New(sha256.New, []byte(c.text(0))), 1) },
		},
	}
}

// digest gives the hash of argument i in hexadecimal digits.
func (c call) digest(h hash.Hash, i int) int {
	text := c.text(i)
	h.Write([]byte(text))
	return c.giveText(hex.EncodeToString(h.Sum(nil)))
}
