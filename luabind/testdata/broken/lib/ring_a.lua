return require "lib.ring_b"
