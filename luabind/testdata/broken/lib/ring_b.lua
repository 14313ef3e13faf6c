return require "lib.ring_a"
